public import Timeline

/// How a model's operators lie in time, as the graph composes it from what each declares.
public struct TemporalTable: Sendable {
  public struct Row: Sendable {
    public let name: String
    /// The operator's own reach over its inputs, the widest of them.
    public let reach: Reach
    /// Its reach in the decoded pictures.
    public let total: Reach
    /// Frames that it lags behind the newest picture when each frame is computed once.
    public let delay: Int
    /// Frames that its ring holds in a lane.
    public let ringFrames: Int
    /// Bytes of that ring.
    public let ringBytes: Int
  }

  /// The network's operators in order, then the recurrence.
  public let rows: [Row]
  /// Bytes of the decoded pictures that a stream keeps.
  public let pictureBytes: Int
  /// Lanes of the exact profile.
  public let lanes: Int
  /// Bytes that a stream of the exact profile allocates at start, lanes, pictures and working memory together.
  public let streamBytes: Int

  public init(_ model: Model) {
    let grid = ClipGrid(length: model.configuration.clipLength)
    let stream = ExactStream(model, grid: grid)
    let graph = stream.network.graph
    var rows = graph.operators.enumerated().map { index, step in
      Row(
        name: step.name, reach: step.inputs.reduce(.none) { $0.union($1.reach) }, total: graph.reaches[index],
        delay: graph.delays[index], ringFrames: graph.capacities[index],
        ringBytes: graph.capacities[index] * step.outputCount * 4)
    }
    // Both directions see the whole clip and nothing else.
    let width = model.configuration.variant.featureWidth
    let clip = Reach.around(grid.length - 1)
    rows.append(
      Row(
        name: "bigru", reach: clip, total: clip, delay: grid.length - 1, ringFrames: grid.length,
        ringBytes: grid.length * 5 * width * 4))
    self.rows = rows
    pictureBytes = graph.pictures.bytes
    lanes = graph.lanes.count
    streamBytes = stream.network.bytes
  }
}
