/// A growing row of values in memory of its own: elements are changed in place, and nothing is
/// copied, counted or checked for other owners on the way.
///
/// Indices are checked in debug builds, which is where every test runs.
struct Slab<Element: ~Copyable>: ~Copyable {
  fileprivate var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 8) {
    self.capacity = max(1, capacity)
    base = .allocate(capacity: self.capacity)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  var isEmpty: Bool { count == 0 }

  subscript(index: Int) -> Element {
    @inline(__always) _read {
      assert(index >= 0 && index < count, "element \(index) of \(count)")
      yield base[index]
    }
    @inline(__always) _modify {
      assert(index >= 0 && index < count, "element \(index) of \(count)")
      yield &base[index]
    }
  }

  /// Begins to fetch an element that is going to be used soon.
  @inline(__always) func prefetchElement(at index: Int) {
    assert(index >= 0 && index < count, "element \(index) of \(count)")
    prefetch(UnsafePointer(base + index))
  }

  mutating func append(_ element: consuming Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  /// Destroys the element at `index` and moves another into its place.
  @inline(__always) mutating func replace(at index: Int, with element: consuming Element) {
    assert(index >= 0 && index < count, "element \(index) of \(count)")
    (base + index).deinitialize(count: 1)
    (base + index).initialize(to: element)
  }

  /// Takes the last element out.
  @discardableResult mutating func removeLast() -> Element {
    assert(count > 0, "nothing to remove")
    count -= 1
    return (base + count).move()
  }

  /// Takes one element out and moves those behind it up.
  mutating func remove(at index: Int) -> Element {
    assert(index >= 0 && index < count, "element \(index) of \(count)")
    let element = (base + index).move()
    count -= 1
    (base + index).moveInitialize(from: base + index + 1, count: count - index)
    return element
  }

  /// Drops all but the first `kept` elements.
  mutating func truncate(to kept: Int) {
    assert(kept >= 0 && kept <= count, "\(kept) of \(count)")
    (base + kept).deinitialize(count: count - kept)
    count = kept
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }
}

extension Slab where Element: Comparable {
  mutating func sort() {
    var elements = UnsafeMutableBufferPointer(start: base, count: count)
    elements.sort()
  }
}
