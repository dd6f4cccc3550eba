import DeviceModels
import Foundation
import Scenarios
import TestSupport

/// The sheets and fits of this checkout.
enum Shipped {
  static let folder = SharedData.packageRoot.appending(path: "calibration")

  private static let loaded = Result { try DeviceCatalog.load(from: folder) }
  private static let tabulated = Result { try tabulatedReplicas() }

  static func catalog() throws -> DeviceCatalog { try loaded.get() }

  /// Every GPU and model that can be served together, at the smallest degree that fits.
  static func replicas() throws -> [RooflineReplicaModel] { try tabulated.get() }

  private static func tabulatedReplicas() throws -> [RooflineReplicaModel] {
    let catalog = try catalog()
    return catalog.gpuNames.flatMap { gpu in
      catalog.modelNames.compactMap { model in
        [1, 2, 4, 8].lazy.compactMap { degree in
          let replica = try? catalog.replicaModel(gpu: gpu, model: model, tensorParallel: degree)
          let blocks = try? replica?.kvBlockCount(tokensPerBlock: 16, memoryUtilization: 0.9)
          return blocks == nil ? nil : replica
        }.first
      }
    }
  }
}
