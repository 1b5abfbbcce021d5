package import Tensors

/// All weights of a network, packed for the kernels. Immutable, shared by every stream of a model.
package final class NetworkWeights: Sendable {
  let low: BackboneWeights
  let high: BackboneWeights
  /// The two layers that project each branch's feature: d → d/2 → d.
  let lowProjection: [DenseWeights]
  let highProjection: [DenseWeights]
  /// [clip length, d]: what is added to the fused feature by its position in the clip.
  let positions: [Float]
  let forward: RecurrentWeights
  let backward: RecurrentWeights
  /// One layer 2d → classes + 1, or nine for f3set.
  let heads: [DenseWeights]

  package init(_ read: TensorReader, _ configuration: ModelConfiguration) {
    let width = configuration.variant.featureWidth
    positions = read("temp_enc", configuration.clipLength, width)
    func projection(_ name: String) -> [DenseWeights] {
      [
        DenseWeights(linear: name + ".0", read, inputs: width, outputs: width / 2),
        DenseWeights(linear: name + ".2", read, inputs: width / 2, outputs: width),
      ]
    }
    // In the order of use, which is how the arena lays them.
    low = BackboneWeights(read, "lowres_backbone", configuration, input: configuration.lowCrop)
    lowProjection = projection("lowres_linear")
    high = BackboneWeights(read, "highres_backbone", configuration, input: configuration.regionSize)
    highProjection = projection("highres_linear")
    forward = RecurrentWeights(read, "_temp_fine", suffix: "_l0", width: width)
    backward = RecurrentWeights(read, "_temp_fine", suffix: "_l0_reverse", width: width)
    heads = configuration.headSizes.enumerated().map { index, size in
      let name = configuration.headSizes.count == 1 ? "_pred_fine._fc_out" : "_pred_fine._fc_out.\(index)"
      return DenseWeights(linear: name, read, inputs: 2 * width, outputs: size)
    }
  }

  /// What the recurrence in both directions and the scores cost a frame, after the operators of the graph.
  package var recurrentWork: OperatorWork {
    let width = forward.width
    let dense = 2 * 3 * width * width + heads.reduce(0) { $0 + $1.inputs * $1.outputs }
    return OperatorWork(otherMultiplyAdds: dense, weights: dense)
  }

  /// Names and shapes that a checkpoint of `configuration` must have, auxiliary heads left out.
  package static func layout(_ configuration: ModelConfiguration) -> [TensorLayout] {
    final class Recorded { var layouts: [TensorLayout] = [] }
    let recorded = Recorded()
    let recorder = TensorReader { name, shape in
      recorded.layouts.append(TensorLayout(name: name, shape: shape))
      return [Float](repeating: 0, count: shape.reduce(1, *))
    }
    _ = NetworkWeights(recorder, configuration)
    return recorded.layouts
  }

  /// Tensors of a checkpoint that inference does not read: training's auxiliary heads and the norms' step counters.
  package static func isIgnored(_ name: String) -> Bool {
    name.hasSuffix("num_batches_tracked")
      || ["_temp_fine_highres.", "_pred_fine_highres.", "_temp_fine_lowres.", "_pred_fine_lowres."].contains {
        name.hasPrefix($0)
      }
  }
}
