internal import AdaSpot
internal import Timeline
internal import Video

/// Times what happens to the frames of a real video on their way to scores: decoding, conversion, the network.
struct PipelineBenchmark {
  let subject: BenchmarkSubject
  let video: String
  /// Frames of a round; a shorter video gives fewer.
  let frames: Int
  let rounds: Int

  func report() throws(VideoError) -> PipelineReport {
    let machine = BenchmarkMachine.current()
    let info = try reader(stride: 1).info
    var decoding: [Double] = []
    var converting: [Double] = []
    var scoring: [Double] = []
    for _ in 0..<rounds {
      let decode = try decode()
      let (both, model) = try decodeConvertScore()
      decoding.append(decode)
      converting.append(max(0, both - decode))
      scoring.append(model)
    }
    return PipelineReport(
      machine: machine, network: subject.title, video: video, codec: info.codec, codedSize: "\(info.codedSize)",
      outputSize: "\(info.outputSize)", frameStride: subject.model.configuration.frameStride, rounds: rounds,
      decode: median(decoding), convert: median(converting), model: median(scoring))
  }

  private func reader(stride: Int) throws(VideoError) -> VideoReader {
    let size = subject.model.configuration.highResolution
    return try VideoReader(path: video, output: PictureSize(rows: size.rows, columns: size.columns), stride: stride)
  }

  private var picture: Picture {
    let size = subject.model.configuration.highResolution
    return Picture(rows: size.rows, columns: size.columns)
  }

  /// CPU milliseconds of decoding one frame: a reader that delivers the first frame and one far behind it only decodes
  /// those between.
  private func decode() throws(VideoError) -> Double {
    let reader = try reader(stride: frames)
    let picture = picture
    _ = try reader.next(into: picture)
    let before = reader.losses.decodedFrames
    let clock = BenchmarkClock.now()
    _ = try reader.next(into: picture)
    let time = clock.elapsed().cpu
    return time / Double(max(1, reader.losses.decodedFrames - before))
  }

  /// CPU milliseconds a frame of decoding and conversion together, and of the network's exact profile.
  private func decodeConvertScore() throws(VideoError) -> (both: Double, model: Double) {
    let reader = try reader(stride: 1)
    let stream = ExactStream(subject.model, grid: ClipGrid(length: subject.model.configuration.clipLength))
    var picture = picture
    _ = try reader.next(into: picture)
    var (both, model, count) = (0.0, 0.0, 0)
    var clock = BenchmarkClock.now()
    while count < frames, try reader.next(into: picture) != nil {
      both += clock.lap().cpu
      picture = stream.append(picture) { _ in }
      model += clock.lap().cpu
      count += 1
    }
    return (both / Double(max(1, count)), model / Double(max(1, count)))
  }
}
