internal import DeviceModels

/// The model that a command line names, looked for in the catalog: by its name here or its
/// publisher's, whatever the organisation, the folder or the suffixes around it.
struct ServedModel {
  let written: YAMLValue
  let models: [ModelSheet]

  private static let quantizations: Set = [
    "awq", "gptq", "fp8", "int4", "int8", "w4a16", "w8a8", "w8a16", "gguf", "bnb", "4bit", "8bit",
    "nvfp4", "mxfp4",
  ]

  /// Throws where it is another model than the pool's; otherwise says what is doubtful.
  func warnings(servedBy pool: String, as model: String) throws(InputError) -> [String] {
    let text = try written.string()
    guard let found = name(of: text) else {
      return [
        "pool \(pool): the engine arguments name the model \(text), which is in no data sheet; "
          + "it is taken to be \(model)"
      ]
    }
    guard found == model else {
      throw written.error(
        "\(written.label) is \(text), that is \(found)",
        expected: "\(model), the model of pool \(pool)")
    }
    guard !Self.quantizations.isDisjoint(with: Self.parts(text)) else { return [] }
    return ["pool \(pool): \(text) has quantized weights; those of \(model) are 16 bits wide"]
  }

  private func name(of text: String) -> String? {
    let lowercased = text.lowercased()
    if let exact = models.first(where: {
      $0.name == lowercased || $0.title.lowercased() == lowercased
    }) {
      return exact.name
    }
    let parts = Self.parts(text)
    return models.flatMap { model in
      [model.name, model.title].map { (name: model.name, parts: Self.parts($0)) }
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
