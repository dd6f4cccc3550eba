/// Values in memory of their own that never change.
///
/// Reading one neither copies it nor counts references, as an array of existentials would for
/// every draw.
struct ConstantTable<Element: Sendable>: @unchecked Sendable {
  private final class Memory {
    let base: UnsafeMutablePointer<Element>
    let count: Int

    init(_ values: [Element]) {
      count = values.count
      base = .allocate(capacity: max(1, count))
      base.initialize(from: values, count: count)
    }

    deinit {
      base.deinitialize(count: count)
      base.deallocate()
    }
  }

  private let memory: Memory
  private let base: UnsafePointer<Element>
  let count: Int

  init(_ values: [Element]) {
    memory = Memory(values)
    base = UnsafePointer(memory.base)
    count = values.count
  }

  subscript(index: Int) -> Element {
    @inline(__always) _read {
      precondition(index >= 0 && index < count, "element \(index) of \(count)")
      yield base[index]
    }
  }
}
