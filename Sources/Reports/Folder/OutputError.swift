/// A folder that results cannot be written to.
public enum OutputError: Error, Hashable, CustomStringConvertible {
  /// Something stands there that this program did not write.
  case occupied(path: String)

  public var description: String {
    switch self {
    case .occupied(let path):
      "\(path) exists and holds other things than results of this program; name another "
        + "folder, or move them away first"
    }
  }
}
