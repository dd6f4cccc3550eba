internal import DeviceModels

/// The model that a command line names, looked for in the catalog: by its name here or its
/// publisher's, whatever the organisation, the folder or the suffixes around it.
struct ServedModel {
  let written: YAMLValue
  let models: [ModelSheet]

  /// What checkpoints that no sheet's format matches have in their names.
  private static let quantizations: Set = [
    "awq", "gptq", "int4", "int8", "w4a16", "w8a8", "w8a16", "gguf", "bnb", "4bit", "8bit",
    "nvfp4", "mxfp4",
  ]

  /// The format of the weights that the name says, if it is one that is modelled.
  func weightFormat() throws(InputError) -> WeightFormat? {
    Self.parts(try written.string()).contains("fp8") ? .fp8 : nil
  }

  /// Throws where it is another model than the pool's, or a bare word that need not be a model;
  /// otherwise says what is doubtful.
  func warnings(
    servedBy pool: String, as model: ModelSheet, isCertain: Bool
  ) throws(InputError) -> [String] {
    let text = try written.string()
    guard let found = name(of: text) else {
      guard isCertain || text.contains("/") else {
        throw written.error(
          "\"\(text)\" is neither an option nor a model",
          expected: "options of vllm serve, as --max-num-seqs 128")
      }
      return [
        "pool \(pool): the engine arguments name the model \(text), which is in no data sheet; "
          + "it is taken to be \(model.name)"
      ]
    }
    guard found == model.name else {
      throw written.error(
        "\(written.label) is \(text), that is \(found)",
        expected: "\(model.name), the model of pool \(pool)")
    }
    let other = Self.quantizations.subtracting([model.weightFormat.rawValue])
    guard !other.isDisjoint(with: Self.parts(text)) else { return [] }
    return [
      "pool \(pool): \(text) has quantized weights; those of \(model.name) are taken to be "
        + model.weightFormat.rawValue
    ]
  }

  private func name(of text: String) -> String? {
    let lowercased = text.lowercased()
    let exact = models.first { $0.allNames.contains { $0.lowercased() == lowercased } }
    if let exact { return exact.name }
    let parts = Self.parts(text)
    return models.flatMap { model in
      model.allNames.map { (name: model.name, parts: Self.parts($0)) }
    }
    .filter { parts.contains($0.parts) }
    .max { $0.parts.count < $1.parts.count }?.name
  }

  /// The words of the last part of a path, lower case.
  private static func parts(_ text: String) -> [String] {
    let last = text.split(separator: "/").last ?? ""
    return last.lowercased().split { $0 == "-" || $0 == "_" }.map(String.init)
  }
}
