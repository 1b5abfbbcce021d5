import AdaSpot
import Spotting
import Timeline

/// How a model lies in time: every operator's reach, what it adds up to, and the memory of its ring.
struct TemporalReport {
  let model: Model

  func text() throws(SpottingError) -> String {
    let configuration = model.configuration
    let network = TemporalTable(model)
    var table = TextTable(
      "operator", "past", "future", "past in all", "future in all", "delay", "ring frames", "ring KiB")
    for row in network.rows {
      table.add(
        row.name, "\(row.reach.past)", "\(row.reach.future)", "\(row.total.past)", "\(row.total.future)",
        "\(row.delay)", "\(row.ringFrames)", "\(row.ringBytes / 1024)")
    }
    // What follows works on score rows: a clip's come with its last frame.
    let grid = ClipGrid(length: configuration.clipLength)
    let average = try ClipAverage(classes: configuration.classes, clipLength: grid.length, step: grid.stride)
    let rule = try NMS(.soft, window: DetectionSettings.defaultWindow(for: configuration), threshold: 0.2)
    let suppression = try OnlineNMS(
      rule: rule, filter: CandidateFilter(threshold: rule.threshold), classes: configuration.classes)
    let rowBytes = (configuration.classes + 1) * 4
    for (name, reach, delay, frames) in [
      ("clip average", average.reach, average.reach.future, average.clipLength + average.step),
      ("soft-nms", suppression.reach, average.reach.future + suppression.reach.future, suppression.longestWait),
    ] {
      table.add(
        name, "\(reach.past)", "\(reach.future)", "–", "–", "\(delay)", "\(frames)", "\(frames * rowBytes / 1024)")
    }
    return table.text + """

      Frames. The delay is what an operator lags behind the newest frame when each frame is computed once; inside a clip of \
      \(grid.length)
      frames nothing waits beyond the clip's last. Rings are those of one lane; the exact profile has \(network.lanes).
      A stream of the exact profile allocates \(network.streamBytes >> 20) MiB at start, \(network.pictureBytes >> 20) MiB of it \
      decoded pictures.

      """
  }
}
