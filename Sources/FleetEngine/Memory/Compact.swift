/// A count in half the memory: whatever is kept of every request in flight should fit few lines of
/// the processor's cache. Counts beyond 2³¹ trap; no request has so many tokens.
@propertyWrapper struct Compact {
  private var stored: Int32

  @inline(__always) init(wrappedValue: Int) { stored = Int32(wrappedValue) }

  var wrappedValue: Int {
    @inline(__always) get { Int(stored) }
    @inline(__always) set { stored = Int32(newValue) }
  }
}
