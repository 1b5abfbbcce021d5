import CLibav

/// The coded pictures of a video in the order in which they are stored, once or again and again.
final class StoredPictures {
  /// A step of the times beyond this is a jump, not a pause, and takes no longer than the picture before it lasts.
  private static let longestStepSeconds = 10.0
  /// Beyond this, times cannot be added to.
  private static let largestTimestamp: Int64 = 1 << 60
  private static let mostReadErrors = 100

  /// Where the picture that was read stands.
  struct Place {
    /// Seconds since the first picture, by the times of decoding.
    let seconds: Double
    /// Its time does not follow that of the one before.
    let isJump: Bool
  }

  /// The picture that was read.
  let packet: UnsafeMutablePointer<AVPacket>
  var stream: UnsafeMutablePointer<AVStream> { demuxer.stream }

  private let path: String
  private let start: Double
  private let loops: Bool
  private let jumps: Bool
  private let cancellation: Cancellation
  /// Opened anew for each pass.
  private(set) var demuxer: Demuxer
  /// Added to the times of the present pass.
  private var offset: Int64 = 0
  private var isPassBeginning = true
  private var previous: (time: Int64, end: Int64)?
  private var seconds = 0.0
  /// The last step that was no jump, in seconds.
  private var usualStep = 0.0

  /// - Parameters:
  ///   - start: Seconds into the video; it begins with the key frame there or before.
  ///   - loops: Begins again at the end: with times that go on or, when it `jumps`, with the same times again.
  init(
    _ path: String, start: Double, loops: Bool, jumps: Bool, cancellation: Cancellation
  ) throws(VideoError) {
    self.path = path
    self.start = start
    self.loops = loops
    self.jumps = jumps
    self.cancellation = cancellation
    guard let packet = av_packet_alloc() else { throw VideoError(path, .open, .refused, code: ENOMEM) }
    self.packet = packet
    do throws(VideoError) { demuxer = try Self.open(path, start, cancellation) } catch {
      // deinit does not run before `demuxer` is set.
      var allocated: UnsafeMutablePointer<AVPacket>? = packet
      av_packet_free(&allocated)
      throw error
    }
  }

  deinit {
    var closing: UnsafeMutablePointer<AVPacket>? = packet
    av_packet_free(&closing)
  }

  /// Reads the next picture into `packet`; nil at the end.
  func next() throws(VideoError) -> Place? {
    while true {
      if try read() { return try place() }
      if previous == nil { throw VideoError(path, .read, .noFrames) }
      guard loops else { return nil }
      // Anew, rather than back to the start: that works with every container.
      demuxer = try Self.open(path, start, cancellation)
      isPassBeginning = true
    }
  }

  private static func open(
    _ path: String, _ start: Double, _ cancellation: Cancellation
  ) throws(VideoError) -> Demuxer {
    let demuxer = try Demuxer(SourceAddress(path), options: SourceOptions(), cancellation: cancellation)
    guard start > 0 else { return demuxer }
    let context = demuxer.context
    let first = context.pointee.start_time == noTimestamp ? 0 : context.pointee.start_time
    let time = first.addingReportingOverflow(Int64(min(start, 1e9) * Double(AV_TIME_BASE)))
    let ended = context.pointee.duration > 0 && start * Double(AV_TIME_BASE) >= Double(context.pointee.duration)
    let code =
      time.overflow || ended ? CLIBAV_ERROR_EOF : av_seek_frame(context, -1, time.partialValue, AVSEEK_FLAG_BACKWARD)
    if code < 0 { throw VideoError(path, .read, .noSuchPlace(seconds: start), code: code) }
    return demuxer
  }

  /// False at the end. Read errors within a damaged file are passed over.
  private func read() throws(VideoError) -> Bool {
    for _ in 0..<Self.mostReadErrors {
      let code = demuxer.read(into: packet)
      if code >= 0 { return true }
      if cancellation.isCancelled { throw VideoError(path, .read, .cancelled, code: code) }
      if code == CLIBAV_ERROR_EOF || demuxer.isAtEnd { return false }
    }
    return false
  }

  private func place() throws(VideoError) -> Place {
    let duration = duration
    let own = packet.pointee.dts == noTimestamp ? packet.pointee.pts : packet.pointee.dts
    let isKnown = { (time: Int64) in time.magnitude < Self.largestTimestamp.magnitude }
    guard isKnown(own), isKnown(packet.pointee.pts), isKnown(offset), let previous else {
      if previous == nil && isKnown(own) && isKnown(packet.pointee.pts) { return first(own, duration) }
      throw VideoError(path, .read, .noTimestamps)
    }
    if isPassBeginning && !jumps { offset = previous.end - own }
    isPassBeginning = false
    let time = own + offset
    let step = Double(time - previous.time) * timeBase
    let isJump = !(step > 0 && step <= Self.longestStepSeconds)
    if !isJump { usualStep = step }
    // After a jump the picture before lasts as long as it says; where it says that it lasts until the next, as the one before.
    let lasting = Double(previous.end - previous.time) * timeBase
    seconds += isJump && lasting <= Self.longestStepSeconds ? lasting : usualStep
    take(time, duration)
    return Place(seconds: seconds, isJump: isJump)
  }

  private func first(_ own: Int64, _ duration: Int64) -> Place {
    isPassBeginning = false
    take(own, duration)
    return Place(seconds: 0, isJump: false)
  }

  private func take(_ time: Int64, _ duration: Int64) {
    packet.pointee.dts = time
    packet.pointee.pts += offset
    previous = (time, time + duration)
  }

  /// Ticks that the picture lasts: as it says, or by the average rate; at least one.
  private var duration: Int64 {
    let own = packet.pointee.duration
    if (1..<Self.largestTimestamp).contains(own) { return own }
    guard let rate = Ratio(stream.pointee.avg_frame_rate) else { return 1 }
    return Int64(min(max(1, 1 / (rate.value * timeBase)), 1e15))
  }

  /// Seconds a tick.
  private var timeBase: Double { Double(stream.pointee.time_base.num) / Double(max(1, stream.pointee.time_base.den)) }
}
