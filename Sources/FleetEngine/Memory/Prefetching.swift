internal import CPrefetch

/// Begins to fetch an element, and does not wait for it: what the next event is going to touch
/// comes in while this one is handled. Changes nothing but how long that takes.
@inline(__always)
func prefetch<Element: ~Copyable>(_ base: UnsafePointer<Element>) {
  let address = UnsafeRawPointer(base)
  var offset = 0
  while offset < MemoryLayout<Element>.size {
    prefetchLine(address + offset)
    offset += lineBytes
  }
}

/// Where lines are of another size some are asked for twice, or not at all.
@inline(__always) private var lineBytes: Int { 64 }
