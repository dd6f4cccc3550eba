internal import DeviceModels
internal import Foundation
internal import Scenarios

/// What the harness (`calibration/collect`) measured of one GPU: it takes the place of all that
/// publications say of the same.
struct MeasuredTables {
  let folder: URL
  let kernels: [KernelRow]
  /// Power with weights loaded and nothing to do, and with nothing loaded, W; nil where it was not
  /// measured.
  let idlePower: Double?
  let unloadedIdlePower: Double?

  /// Below the calibration folder.
  static func folder(of gpu: String, in calibration: URL) -> URL {
    calibration.appending(path: "measured/\(gpu)")
  }

  /// Nil where the GPU was not measured. Throws for a table that is broken.
  init?(gpu: String, calibrationFolder: URL) throws {
    folder = Self.folder(of: gpu, in: calibrationFolder)
    let table = folder.appending(path: "kernels.csv")
    guard FileManager.default.fileExists(atPath: table.path) else { return nil }
    var kernels: [KernelRow] = []
    var reader: KernelTableReader?
    try LogCSV.forEachRow(of: table, file: table.path) { header, row in
      reader = reader ?? KernelTableReader(header)
      if let kernel = try reader?.kernel(row) { kernels.append(kernel) }
    }
    self.kernels = kernels
    let idle = try IdleCourses(folder.appending(path: "idle.csv"))
    idlePower = idle.watts["weights"]
    unloadedIdlePower = idle.watts["before"]
  }

  func rows(of kind: KernelKind) -> [KernelRow] { kernels.filter { $0.work.kind == kind } }

  /// Calls as a roofline's fit takes them.
  func rooflineSamples(_ kind: KernelKind, _ times: KernelTimes) -> KernelSamples {
    var samples = KernelSamples()
    for row in rows(of: kind) {
      let (first, second) = row.work.atPeak(times)
      samples.append(first, second, row.seconds)
    }
    return samples
  }

  /// Calls as a surface's fit takes them, beside rooflines that are fitted.
  func surfaceSamples(_ kind: KernelKind, _ times: KernelTimes) -> SurfaceSamples {
    var samples = SurfaceSamples(kind, groupName: kind.groupName)
    for row in rows(of: kind) {
      samples.append(
        row.work.coordinates, measured: row.seconds, roofline: row.work.rooflineSeconds(times),
        group: row.work.group)
    }
    return samples
  }
}

extension KernelKind {
  /// What is left out together to tell a surface's error.
  var groupName: String {
    switch self {
    case .matrixProducts, .matrixProductsFP8: "whole (width, depth)"
    case .decodeAttention, .prefillAttention: "whole (heads, key-value heads)"
    case .experts, .expertsFP8: "whole (hidden, width, experts, active)"
    case .allReduce: "whole message sizes"
    }
  }
}

/// Courses of the energy counter of a GPU at rest, by phase: what the end of each comes to.
private struct IdleCourses {
  /// Of a course, the part at its end that counts: power falls for a while after work.
  private static let settledShare = 0.5

  private(set) var watts: [String: Double] = [:]

  /// Empty where there is no table.
  init(_ url: URL) throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    var courses: [String: [(time: Double, joules: Double)]] = [:]
    try LogCSV.forEachRow(of: url, file: url.path) { header, row in
      guard let phase = row.text(header.column("phase")),
        let time = try row.number(header.column("time_s")),
        let joules = try row.number(header.column("energy_j"))
      else { throw row.place.error("a row of idle.csv lacks a cell") }
      courses[phase, default: []].append((time, joules))
    }
    for (phase, course) in courses {
      guard let first = course.first, let last = course.last else { continue }
      let from = last.time - Self.settledShare * (last.time - first.time)
      guard let start = course.first(where: { $0.time >= from }), start.time < last.time else {
        continue
      }
      watts[phase] = (last.joules - start.joules) / (last.time - start.time)
    }
  }
}
