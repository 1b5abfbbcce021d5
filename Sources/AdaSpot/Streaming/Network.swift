internal import Tensors
internal import Timeline

/// The network of one stream, from decoded pictures to fused features: the graph's operators in order, sharing the
/// model's weights.
package final class Network {
  package let graph: TemporalGraph
  /// Position of the fused feature (and its recurrent products) in the graph.
  let fused: Int
  /// Position of the saliency that the region is chosen by in the graph.
  let saliency: Int
  /// Position of the region of interest in the graph.
  let region: Int
  package let selector: RegionSelector
  private let scratch = Scratch()
  private let lowStem: LowResolutionStem
  private let highStem: HighResolutionStem
  private var blocks: [RegNetBlock] = []

  package init(
    _ model: Model, lanes: Int, revisedFrames: Int = 0, hop: Int = 1, poisons: Bool = false
  ) {
    let configuration = model.configuration
    let weights = model.weights
    var operators: [any TemporalOperator] = []
    func add(_ step: any TemporalOperator) -> Int {
      operators.append(step)
      return operators.count - 1
    }
    var blocks: [RegNetBlock] = []
    let scratch = self.scratch
    func addBlocks(_ branch: String, _ weights: BackboneWeights, after stem: Int) -> Int {
      var source = stem
      for (shape, weights) in zip(weights.shapes, weights.blocks) {
        let name = "\(branch).\(shape.name)"
        var shift: (planes: Int, gates: Int)?
        if let shiftWeights = weights.shift {
          let planes = add(GateShiftPlanes("\(name).planes", shape, shiftWeights, source: source, scratch: scratch))
          let gates = add(GateShiftGate("\(name).gate", shape, shiftWeights, source: planes))
          shift = (planes, gates)
        }
        let block = RegNetBlock(
          name, shape, weights, padding: configuration.padding, source: source, shift: shift, scratch: scratch)
        blocks.append(block)
        source = add(block)
      }
      return source
    }

    lowStem = LowResolutionStem(configuration, weights.low, scratch: scratch)
    let lastLow = addBlocks("lowres", weights.low, after: add(lowStem))
    let lowShape = weights.low.shapes[weights.low.shapes.count - 1]
    let low = add(
      PooledProjection(
        "lowres.feature", source: lastLow, last: lowShape, layers: weights.lowProjection, scratch: scratch))

    let map = add(SaliencyMap(source: lastLow, last: lowShape))
    let once = add(TemporalSmoothing("saliency.smooth1", source: map, pixels: lowShape.pixels))
    saliency = add(TemporalSmoothing("saliency.smooth2", source: once, pixels: lowShape.pixels))
    selector = RegionSelector(
      map: model.saliencySize, crop: configuration.highCrop,
      region: configuration.regionSize, threshold: configuration.threshold)
    region = add(RegionSelection(source: saliency, selector: selector))

    highStem = HighResolutionStem(configuration, weights.high, selection: region, scratch: scratch)
    let lastHigh = addBlocks("highres", weights.high, after: add(highStem))
    let high = add(
      PooledProjection(
        "highres.feature", source: lastHigh, last: weights.high.shapes[weights.high.shapes.count - 1],
        layers: weights.highProjection, scratch: scratch))
    fused = add(
      FusedFeature(
        low: low, high: high, width: configuration.variant.featureWidth, forward: weights.forward,
        backward: weights.backward))
    self.blocks = blocks
    graph = TemporalGraph(
      operators: operators, lanes: lanes, revisedFrames: revisedFrames, hop: hop,
      pictureSize: configuration.highResolution, poisons: poisons)
  }

  /// Frames that a fused feature lags behind the newest picture when computed lazily.
  package var delay: Int { graph.delays[fused] }

  /// Bytes of all that this stream allocates: rings, pictures, working memory.
  package var bytes: Int { graph.ringBytes + graph.pictures.bytes + scratch.bytes }

  /// Calls `observer` with inner results that no operator of the graph gives away as its own: `lowres.input` and
  /// `highres.input` [rows, columns, 3], `*.shift` [shifted, pixels]. For tests.
  package func observeInside(_ observer: @escaping (_ name: String, _ frame: Int, UnsafeBufferPointer<Float>) -> Void) {
    lowStem.inputObserver = { observer("lowres.input", $0, $1) }
    highStem.inputObserver = { observer("highres.input", $0, $1) }
    for block in blocks {
      let name = block.name + ".shift"
      block.shiftObserver = { observer(name, $0, $1) }
    }
  }
}
