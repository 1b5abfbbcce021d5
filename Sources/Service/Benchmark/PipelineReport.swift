/// What a frame of a video costs on its way to scores, in CPU milliseconds.
public struct PipelineReport: BenchmarkReport {
  public let machine: BenchmarkMachine
  public let network: String
  public let video: String
  public let codec: String
  public let codedSize: String
  public let outputSize: String
  /// Every so many frames of a video are scored; decoding counts each of them.
  public let frameStride: Int
  /// Frames from clip to clip.
  public let clipStride: Int
  /// Frames a round that the network's time is the mean of, scored by a stream that runs already: a multiple of
  /// `clipStride`, or fewer.
  public let scoredFrames: Int
  public let rounds: Int
  /// A frame of the video.
  public let decode: Double
  /// A frame that is scored: to RGB of the model's size.
  public let convert: Double
  /// A frame that is scored, in the exact profile.
  public let model: Double

  /// Decoding and conversion over the network's time, for a scored frame.
  public var inputOverModel: Double { (Double(frameStride) * decode + convert) / model }

  enum CodingKeys: String, CodingKey {
    case machine, network, video, codec, rounds
    case codedSize = "coded_size"
    case outputSize = "output_size"
    case frameStride = "frame_stride"
    case clipStride = "clip_stride"
    case scoredFrames = "scored_frames"
    case decode = "decode_cpu_ms"
    case convert = "convert_cpu_ms"
    case model = "model_cpu_ms"
    case inputOverModel = "input_over_model"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(machine, forKey: .machine)
    try container.encode(network, forKey: .network)
    try container.encode(video, forKey: .video)
    try container.encode(codec, forKey: .codec)
    try container.encode(codedSize, forKey: .codedSize)
    try container.encode(outputSize, forKey: .outputSize)
    try container.encode(frameStride, forKey: .frameStride)
    try container.encode(clipStride, forKey: .clipStride)
    try container.encode(scoredFrames, forKey: .scoredFrames)
    try container.encode(rounds, forKey: .rounds)
    try container.encode(decode, forKey: .decode)
    try container.encode(convert, forKey: .convert)
    try container.encode(model, forKey: .model)
    try container.encode(inputOverModel, forKey: .inputOverModel)
  }
}

extension PipelineReport {
  public var description: String {
    var table = TextTable("stage", "CPU ms a frame")
    table.add("decode \(codec) \(codedSize)", fixed(decode, 3))
    table.add("convert to RGB \(outputSize)", fixed(convert, 3))
    table.add("network, exact profile", fixed(model, 3))
    let note =
      scoredFrames < clipStride ? ", fewer than the \(clipStride) from clip to clip: a part of what clips cost" : ""
    return """
      \(network)
      \(machine)
      \(video), medians of \(rounds) rounds
      \(table.text)
      the network's time is that of \(scoredFrames) frames a round in a running stream\(note)
      decoding (\(frameStride) for each scored frame) and conversion take \(fixed(inputOverModel, 2)) times as long as the network
      """
  }
}
