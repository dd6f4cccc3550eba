public import DeviceModels
public import Foundation

/// The data sheets and fits that ship with the program: what a scenario may name.
public struct DeviceCatalog: Sendable {
  /// Sorted by name, like every list here.
  public let gpus: [GPUSheet]
  public let models: [ModelSheet]
  public let nodes: [NodeSheet]
  public let facilities: [FacilitySheet]
  public let meters: [PowerMeter]
  /// Fitted numbers by the GPU's name.
  let fits: [String: DeviceParameters]

  /// Reads `gpus/`, `models/`, `nodes/`, `facilities/` and `meters/` below `folder`.
  ///
  /// Throws an `InputError` that names the file and line of the first thing wrong.
  public static func load(from folder: URL) throws -> DeviceCatalog {
    let files = try sheetFiles(in: folder.appending(path: "gpus")).filter(isFit)
    var fits = try files.map { try YAMLDocument.read(path: $0, DeviceFit.read) }
    try addSurfaces(to: &fits, folder: folder.appending(path: "kernels"))
    return try load(
      from: folder,
      fits: Dictionary(
        fits.map { ($0.gpu, $0.parameters) }, uniquingKeysWith: { first, _ in first }))
  }

  /// Gives each fit the surfaces that it names; GPUs with one chip share a file.
  private static func addSurfaces(to fits: inout [DeviceFit], folder: URL) throws {
    var surfaces: [String: KernelSurface] = [:]
    for index in fits.indices {
      for (kind, gpu) in fits[index].surfaceSources {
        let path = folder.appending(path: "\(gpu)/\(kind.rawValue).yaml").path
        let surface = try surfaces[path] ?? YAMLDocument.read(path: path, KernelSurfaceFile.read)
        surfaces[path] = surface
        fits[index].parameters.kernels.surfaces[kind] = surface
      }
    }
  }

  /// Reads a fit of somebody's own; its kernels' surfaces are those that ship with the GPU's.
  public func fit(path: String) throws -> DeviceFit {
    var fit = try DeviceFit.load(path: path)
    for (kind, gpu) in fit.surfaceSources {
      fit.parameters.kernels.surfaces[kind] = fits[gpu]?.kernels.surfaces[kind]
    }
    return fit
  }

  /// The sheets alone: what there is before anything is fitted.
  public static func loadSheets(from folder: URL) throws -> DeviceCatalog {
    try load(from: folder, fits: [:])
  }

  private static func load(
    from folder: URL, fits: [String: DeviceParameters]
  ) throws -> DeviceCatalog {
    let gpus = try sheetFiles(in: folder.appending(path: "gpus")).filter { !isFit($0) }
    return DeviceCatalog(
      gpus: try gpus.map { try YAMLDocument.read(path: $0, gpu) }.sorted { $0.name < $1.name },
      models: try sheets(in: folder.appending(path: "models"), model)
        .sorted { $0.name < $1.name },
      nodes: try sheets(in: folder.appending(path: "nodes"), node),
      facilities: try sheets(in: folder.appending(path: "facilities"), facility),
      meters: try sheets(in: folder.appending(path: "meters"), meter), fits: fits)
  }

  private static func isFit(_ path: String) -> Bool { path.hasSuffix(".fit.yaml") }

  private static func sheets<Sheet>(
    in folder: URL, _ read: (YAMLMapping) throws -> Sheet
  ) throws -> [Sheet] {
    try sheetFiles(in: folder).map { try YAMLDocument.read(path: $0, read) }
  }

  /// The YAML files of a folder, sorted by name.
  private static func sheetFiles(in folder: URL) throws -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      throw InputError(
        file: folder.path, problem: "no such folder", expectation: "the calibration folder")
    }
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder.appending(path: $0).path }
  }
}

extension DeviceCatalog {
  /// GPUs that a replica can run on; the others have a data sheet alone.
  public var fittedGPUs: [GPUSheet] { gpus.filter { fits[$0.name] != nil } }
  /// Of those that a replica can run on.
  public var gpuNames: [String] { fittedGPUs.map(\.name) }
  public var modelNames: [String] { models.map(\.name) }
  public var nodeNames: [String] { nodes.map(\.name) }
  public var facilityNames: [String] { facilities.map(\.name) }

  public func gpu(named name: String) throws -> GPUSheet {
    if let sheet = gpuIfKnown(name) { return sheet }
    throw InputError(
      problem: "no GPU is called \"\(name)\"", expectation: InputError.oneOf(gpus.map(\.name)),
      suggestion: nearestGPUName(to: name))
  }
  public func node(named name: String) throws -> NodeSheet {
    try Self.find(name, nodes, \.name, "node")
  }
  public func facility(named name: String) throws -> FacilitySheet {
    try Self.find(name, facilities, \.name, "facility")
  }

  /// The sheet of a model by its name here, its publisher's, or another checkpoint's of the same
  /// shape, in the weight format of the one named.
  public func model(named name: String) throws -> ModelSheet {
    if let sheet = modelIfKnown(name) { return sheet }
    throw InputError(
      problem: "no model is called \"\(name)\"", expectation: InputError.oneOf(modelNames),
      suggestion: nearestModelName(to: name))
  }

  /// `model(named:)`, or nil for a name that is in no sheet.
  func modelIfKnown(_ name: String) -> ModelSheet? {
    let word = name.lowercased()
    func isWord(_ name: String) -> Bool { name.lowercased() == word }
    guard var sheet = models.first(where: { $0.allNames.contains(where: isWord) }) else {
      return nil
    }
    if sheet.fp8Aliases.contains(where: isWord) { sheet.weightFormat = .fp8 }
    return sheet
  }

  /// The sheet of a GPU by its name here, its maker's, or that of nvidia-smi and DCGM; nil for a
  /// name that is in no sheet.
  func gpuIfKnown(_ name: String) -> GPUSheet? {
    let word = name.lowercased()
    return gpus.first { gpu in
      ([gpu.name, gpu.title] + gpu.aliases).contains { $0.lowercased() == word }
    }
  }

  func nearestGPUName(to written: String) -> String? {
    NearestName.to(written, among: gpuNames)
      ?? NearestName.to(written, among: gpus.flatMap { [$0.name, $0.title] + $0.aliases })
  }

  /// The same with other fitted numbers for one GPU.
  public func replacing(_ fit: DeviceFit) -> DeviceCatalog {
    var fits = fits
    fits[fit.gpu] = fit.parameters
    return DeviceCatalog(
      gpus: gpus, models: models, nodes: nodes, facilities: facilities, meters: meters,
      fits: fits)
  }

  /// The fitted numbers of a GPU.
  public func parameters(gpu name: String) throws -> DeviceParameters {
    let sheet = try gpu(named: name)
    guard let parameters = fits[sheet.name] else {
      throw InputError(
        problem: "no fit for GPU \(name)", expectation: InputError.oneOf(fits.keys.sorted()))
    }
    return parameters
  }

  /// Time and energy of `model` on `tensorParallel` GPUs; `bytesPerCacheElement` of a cached key
  /// or value takes the place of the model's own; `at` says what is set of clock and cap.
  ///
  /// Throws an `InputError` for a name that is not in the catalog and a `LayoutError` where the
  /// GPUs cannot share the model's heads.
  public func replicaModel(
    gpu: String, model: String, tensorParallel: Int = 1, bytesPerCacheElement: Double? = nil,
    at operatingPoint: OperatingPoint = .asShipped
  ) throws -> RooflineReplicaModel {
    var sheet = try self.model(named: model)
    if let bytesPerCacheElement { sheet.bytesPerCacheElement = bytesPerCacheElement }
    return try replicaModel(
      gpu: gpu, model: sheet, tensorParallel: tensorParallel, at: operatingPoint)
  }

  /// The same for a sheet, whether or not it is in the catalog.
  public func replicaModel(
    gpu: String, model: ModelSheet, tensorParallel: Int = 1,
    at operatingPoint: OperatingPoint = .asShipped
  ) throws -> RooflineReplicaModel {
    try replicaModel(
      gpu: gpu, model: model, layout: ReplicaLayout(tensorParallelDegree: tensorParallel),
      at: operatingPoint)
  }

  /// The same in any layout.
  func replicaModel(
    gpu: String, model: ModelSheet, layout: ReplicaLayout, at operatingPoint: OperatingPoint
  ) throws -> RooflineReplicaModel {
    try RooflineReplicaModel(
      gpu: self.gpu(named: gpu), model: model, layout: layout,
      parameters: parameters(gpu: gpu), operatingPoint: operatingPoint)
  }

  private static func find<Sheet>(
    _ name: String, _ sheets: [Sheet], _ key: KeyPath<Sheet, String>, _ kind: String
  ) throws -> Sheet {
    if let sheet = sheets.first(where: { $0[keyPath: key] == name }) { return sheet }
    let names = sheets.map { $0[keyPath: key] }
    throw InputError(
      problem: "no \(kind) is called \"\(name)\"", expectation: InputError.oneOf(names),
      suggestion: NearestName.to(name, among: names))
  }
}
