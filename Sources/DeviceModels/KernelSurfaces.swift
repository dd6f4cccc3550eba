/// The measured surfaces of one GPU's kernels; a kernel without one follows its roofline alone.
public struct KernelSurfaces: Hashable, Sendable {
  private var surfaces: [KernelKind: KernelSurface]

  public init(_ surfaces: [KernelKind: KernelSurface] = [:]) { self.surfaces = surfaces }

  public subscript(kind: KernelKind) -> KernelSurface? {
    get { surfaces[kind] }
    set { surfaces[kind] = newValue }
  }

  public var isEmpty: Bool { surfaces.isEmpty }
}
