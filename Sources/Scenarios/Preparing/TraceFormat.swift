public import Workloads

/// A format of trace files that can be read.
public typealias TraceFormat = TraceSpecification.Format

extension TraceFormat {
  /// The queries of the trace at `path`, from the first; errors name the file and line.
  public func source(path: String) throws -> any QuerySource {
    switch self {
    case .azure2023:
      NamedTraceSource(AzureTraceReader(try FileByteSource(path: path)), path: path)
    }
  }
}
