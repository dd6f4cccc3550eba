public import DeviceModels

/// A surface as its file holds it: knots, and values in ten-thousandths as one text, so that a
/// thousand of them are read at once.
public enum KernelSurfaceFile {
  /// Of one unit of the file's whole numbers.
  public static let unit = 1e-4
  private static let numbersPerLine = 20

  /// Whole numbers of `unit`, in lines.
  public static func text(_ values: [Double], indent: String) -> String {
    let numbers = values.map { "\(Int(($0 / unit).rounded()))" }
    return stride(from: 0, to: numbers.count, by: numbersPerLine).map { first in
      indent + numbers[first..<min(first + numbersPerLine, numbers.count)].joined(separator: " ")
    }.joined(separator: "\n")
  }

  /// The surface as reading its file gives it: values to the digits that a file keeps.
  public static func rounded(_ surface: KernelSurface) -> KernelSurface {
    let values = surface.values.map { Double(Int(($0 / unit).rounded())) * unit }
    var rounded = KernelSurface(axes: surface.axes, values: values) ?? surface
    rounded.unaligned = Double(Int((surface.unaligned / unit).rounded())) * unit
    return rounded
  }

  static func read(_ yaml: YAMLMapping) throws -> KernelSurface {
    let kind = try yaml["kernel"].choice(of: KernelKind.self)
    _ = try yaml["gpu"].name()
    _ = try yaml["source"].string()
    _ = try yaml["rows"].int(in: 1...)
    try yaml["left_out"].mapping { errors in
      _ = try errors["what"].string()
      for key in ["mean", "median", "p90", "bias"] { _ = try errors[key].double(.any) }
    }
    let axes = try yaml["knots"].mapping { knots in
      try kind.coordinates.map { try knots[$0].list(atLeast: 2) { try $0.double(.any) } }
    }
    let values = try yaml["values"]
    let numbers = try values.string().split { $0 == " " || $0 == "\n" }.map { word in
      guard let number = Int(word) else { throw values.isNot("whole numbers") }
      return Double(number) * unit
    }
    guard var surface = KernelSurface(axes: axes, values: numbers) else {
      let count = axes.reduce(1) { $0 * $1.count }
      throw values.error(
        "\(numbers.count) values", expected: "\(count), one for each knot, over knots that increase"
      )
    }
    surface.unaligned =
      unit * Double(try yaml.optional("unaligned")?.int(in: -100_000...100_000) ?? 0)
    return surface
  }
}
