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

  /// CPU milliseconds a frame.
  private struct Round {
    var decode = 0.0
    /// Decoding and conversion together.
    var both = 0.0
    var model = 0.0
    /// Frames that `model` is the mean of.
    var scored = 0
  }

  func report() throws(ServiceError) -> PipelineReport {
    let machine = BenchmarkMachine.current()
    let info: VideoInfo
    var measured: [Round] = []
    do throws(VideoError) {
      info = try reader(stride: 1).info
      if try hasSecondFrame() {
        let stream = warmStream()
        for _ in 0..<rounds { measured.append(try round(stream)) }
      }
    } catch {
      throw .video(error)
    }
    guard let scored = measured.first?.scored else {
      throw .argument("\(video): has one frame, and at least 2 are needed: the first one is not timed")
    }
    return PipelineReport(
      machine: machine, network: subject.title, video: video, codec: info.codec, codedSize: "\(info.codedSize)",
      outputSize: "\(info.outputSize)", frameStride: configuration.frameStride, clipStride: grid.stride,
      scoredFrames: scored, rounds: rounds, decode: median(measured.map(\.decode)),
      convert: median(measured.map { max(0, $0.both - $0.decode) }), model: median(measured.map(\.model)))
  }

  private var configuration: ModelConfiguration { subject.model.configuration }
  private var grid: ClipGrid { ClipGrid(length: configuration.clipLength) }

  private func reader(stride: Int) throws(VideoError) -> VideoReader {
    let size = configuration.highResolution
    return try VideoReader(path: video, output: PictureSize(rows: size.rows, columns: size.columns), stride: stride)
  }

  private var picture: Picture {
    let size = configuration.highResolution
    return Picture(rows: size.rows, columns: size.columns)
  }

  private func hasSecondFrame() throws(VideoError) -> Bool {
    let reader = try reader(stride: 1)
    let picture = picture
    _ = try reader.next(into: picture)
    return try reader.next(into: picture) != nil
  }

  /// A stream of the exact profile that runs already: its first clip would have one lane alone, and operators that wait
  /// for later frames.
  private func warmStream() -> ExactStream {
    let stream = ExactStream(subject.model, grid: grid)
    var feed = FrameFeed(BenchmarkPictures(size: configuration.highResolution), size: configuration.highResolution)
    _ = feed.run(configuration.warmUpFrames, append: { stream.append($0) { _ in } })
    return stream
  }

  /// `stream` goes on from round to round.
  private func round(_ stream: ExactStream) throws(VideoError) -> Round {
    var round = try decodeConvertScore(stream)
    round.decode = try decode()
    return round
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

  /// Decoding and conversion of every frame behind the first, which opens what later ones find open; the network over the
  /// longest part whose length is a multiple of the frames from clip to clip, since each of those costs the same, or over
  /// all of a video that has fewer.
  private func decodeConvertScore(_ stream: ExactStream) throws(VideoError) -> Round {
    let reader = try reader(stride: 1)
    var picture = picture
    _ = try reader.next(into: picture)
    var (both, model, count) = (0.0, 0.0, 0)
    var steady = (model: 0.0, count: 0)
    var clock = BenchmarkClock.now()
    while count < frames, try reader.next(into: picture) != nil {
      both += clock.lap().cpu
      picture = stream.append(picture) { _ in }
      model += clock.lap().cpu
      count += 1
      if count.isMultiple(of: grid.stride) || count < grid.stride { steady = (model, count) }
    }
    return Round(
      both: both / Double(max(1, count)), model: steady.model / Double(max(1, steady.count)), scored: steady.count)
  }
}
