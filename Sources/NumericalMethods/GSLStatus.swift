@preconcurrency internal import CGSL

/// A numerical operation that GSL could not carry out, with GSL's reason.
public struct NumericalError: Error, CustomStringConvertible, Sendable {
  public let operation: String
  public let reason: String

  public init(operation: String, reason: String) {
    self.operation = operation
    self.reason = reason
  }

  public var description: String { "\(operation): \(reason)" }
}

/// GSL's return codes as thrown errors.
enum GSLStatus {
  /// GSL's default handler aborts the process; switched off once, before the first call.
  static let handlerIsOff: Bool = {
    gsl_set_error_handler_off()
    return true
  }()

  static func check(_ status: Int32, _ operation: @autoclosure () -> String) throws {
    guard status != Int32(GSL_SUCCESS) else { return }
    throw NumericalError(operation: operation(), reason: String(cString: gsl_strerror(status)))
  }

  /// What GSL allocated; it gives nothing where memory is out or a size makes no sense.
  static func allocated<Pointer>(_ pointer: Pointer?, _ operation: String) throws -> Pointer {
    guard let pointer else {
      throw NumericalError(operation: operation, reason: "no memory for it")
    }
    return pointer
  }
}
