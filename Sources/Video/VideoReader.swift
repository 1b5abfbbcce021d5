import CLibav
import Glibc
public import Timeline

/// Reads the frames of a video file or URL in presentation order as 8-bit RGB of one size.
///
/// Colours: the matrix and the range are the declared ones; an undeclared matrix is BT.601 up to 576 rows and BT.709 above,
/// an undeclared range is that of the pixel format. Size: the picture is turned as its container says and the whole of it is
/// scaled to the output, so pixels that are not square come out square if the output has the display's aspect
/// (`VideoInfo.aspectMismatch` tells). Damage is skipped and counted in `losses`.
///
/// One thread at a time uses a reader; another may cancel it through the `Cancellation` that it was given.
public final class VideoReader: FrameSource {
  public static let mostThreads = 64
  /// How many read errors in a row end a source that claims to have more.
  private static let mostReadErrors = 100
  /// Pictures of a later stream that are no going on of this one: two programmes do not end at the same moment.
  private static let mostStrayPictures = 49

  public let info: VideoInfo
  /// What was lost so far; `VideoLosses.summary` at the end.
  public private(set) var losses = VideoLosses()

  /// Where the time of the latest `next(into:)` went.
  public private(set) var times = FrameTimes()

  /// Whether the source has an end of its own.
  let isFinite: Bool
  private let demuxer: Demuxer
  private let decoder: Decoder
  private var packet: UnsafeMutablePointer<AVPacket>?
  private let stride: Int
  private let stallTimeout: Double?
  private let notify: (VideoNotice) -> Void
  private var observer: (SourceChange) -> Void = { _ in }
  private var packets = PacketLog()
  private var converter: PictureConverter?
  private var codedSize: PictureSize
  private var timeline: FrameTimeline
  /// Whether the run of frames may break, and is watched.
  private let isWatched: Bool
  /// Of frames that are shown.
  private var packetsRead = 0
  private var readErrors = 0
  private var isAtEnd = false
  private let deinterlacing: Deinterlacing
  /// Whether each picture gives two frames.
  private var isDeinterlacing: Bool
  private var deinterlacer: Deinterlacer?
  /// Whether the decoder's frame waits until the fields of the pictures before, of another format, are out.
  private var isFrameWaiting = false
  private var cadence = CadenceWatch()

  /// Opens a video, waiting for its header.
  ///
  /// - Parameters:
  ///   - path: A file (also a FIFO), `-` for standard input, `v4l2:` and a device, or a URL (`rtsp://`, `https://`, …).
  ///   - output: The size of the pictures; by default the size at which the video is displayed.
  ///   - stride: Deliver the frames 0, stride, 2·stride, … of the video; the others are decoded only.
  ///   - threads: Decoder threads. More than one is faster, but a frame may come up to that many frames later.
  ///   - cancellation: Makes the opening and every later read end with `VideoError.Reason.cancelled`.
  ///   - notify: Called from `next(into:)`, on its thread.
  public init(
    path: String, output: PictureSize? = nil, stride: Int = 1, threads: Int = 1,
    options: SourceOptions = SourceOptions(),
    cancellation: Cancellation = Cancellation(), notify: @escaping (VideoNotice) -> Void = { _ in }
  ) throws(VideoError) {
    if let output, !output.isAcceptable { throw VideoError(path, .open, .outputSize(output)) }
    guard stride > 0 else { throw VideoError(path, .open, .stride(stride)) }
    guard (1...Self.mostThreads).contains(threads) else { throw VideoError(path, .open, .threads(threads)) }
    let address = try SourceAddress(path)
    demuxer = try Demuxer(address, options: options, cancellation: cancellation)
    info = try VideoInfo(demuxer, output: output)
    decoder = try Decoder(demuxer.stream, source: path, threads: threads)
    self.stride = stride
    self.notify = notify
    stallTimeout = options.stallTimeout(for: address, inPieces: demuxer.comesInPieces)
    codedSize = info.codedSize
    deinterlacing = options.deinterlacing
    isDeinterlacing = deinterlacing == .on || (deinterlacing == .auto && info.isInterlaced)
    isFinite = demuxer.isFinite
    isWatched = options.watchesContinuity && (!isFinite || demuxer.mayJump)
    timeline = FrameTimeline(info, wrapBits: isWatched ? demuxer.wrapBits : nil, fields: isDeinterlacing)
    packet = av_packet_alloc()
    if packet == nil { throw VideoError(path, .open, .refused, code: ENOMEM) }
    losses.expectedFrames = info.countedFrames
    if isDeinterlacing { notify(.deinterlacing) }
  }

  deinit { av_packet_free(&packet) }

  public var outputSize: PictureSize { info.outputSize }

  /// With fields as frames, twice that of the pictures.
  public var frameRate: Ratio? { timeline.frameRate }

  public var keepsOwnPace: Bool { !isFinite }

  public var comesInPieces: Bool { demuxer.comesInPieces }

  public func observe(_ observer: @escaping (SourceChange) -> Void) { self.observer = observer }

  /// Ends the present epoch, as far as it had frames.
  func endEpoch(_ cause: String) -> Discontinuity? { timeline.endEpoch(missing: nil, .source, cause) }

  /// Of the next frame.
  var epoch: Int { timeline.epoch }

  /// Decodes the next frame into `picture`, which must have `info.outputSize`; nil at the end of the video.
  ///
  /// The stamp's index counts delivered frames. Its time is the frame's own timestamp (variable frame rates stay variable), or
  /// where it has none, the end of the frame before. Its arrival is when the packet was read that this frame was decoded
  /// from. Unless the options ask for continuity, and the source may break it, the epoch stays 0.
  /// - Throws: `.noFrames` at the end of a video of which nothing could be decoded; `.cancelled`; `.stalled`; `.dimensions` and
  ///   `.unsupported` when the video changes to something that cannot be converted.
  public func next(into picture: Picture) throws(VideoError) -> FrameStamp? {
    precondition(
      picture.rows == info.outputSize.rows && picture.columns == info.outputSize.columns,
      "the picture has the reader's output size")
    times = FrameTimes()
    let start = monotonicNanoseconds()
    while let frame = try decode() {
      let own = isDeinterlacing ? frame.pointee.pts : frame.pointee.best_effort_timestamp
      let found = timeline.place(
        own == noTimestamp ? nil : own, duration: frame.pointee.pkt_duration,
        label: FrameTimecodes.own(frame.pointee, rate: decoder.frameRate), losses: &losses)
      guard let place = found else { continue }
      if let ended = place.ended { observer(.epochEnded(ended)) }
      guard (timeline.position - 1).isMultiple(of: stride) else { continue }
      let decoded = monotonicNanoseconds()
      times.decode = decoded - start - times.receive
      try convert(frame, into: picture)
      times.convert = monotonicNanoseconds() - decoded
      defer { timeline.deliver() }
      let entry = packets[frame.pointee.reordered_opaque]
      return FrameStamp(
        index: timeline.delivered, epoch: timeline.epoch, time: place.time, arrival: entry.arrival,
        capture: entry.capture, timecode: place.timecode)
    }
    return nil
  }

  // MARK: From packets to frames

  /// The next frame, valid until the next call; nil at the end.
  private func decode() throws(VideoError) -> UnsafeMutablePointer<AVFrame>? {
    demuxer.interruption.expect(within: stallTimeout)
    while true {
      if let deinterlacer, try filtered({ () throws(Deinterlacer.Failure) in try deinterlacer.receive() }) {
        return deinterlacer.frame
      }
      if isFrameWaiting {
        isFrameWaiting = false
        deinterlacer = nil
        try deinterlace(decoder.frame)
        continue
      }
      if isAtEnd { return nil }
      if demuxer.interruption.isCancelled { throw VideoError(demuxer.source, .read, .cancelled) }
      switch decoder.receive() {
      case .frame:
        count(decoder.frame)
        if !isDeinterlacing { return decoder.frame }
        if let deinterlacer, deinterlacer.format != Deinterlacer.Format(decoder.frame.pointee) {
          try filtered { () throws(Deinterlacer.Failure) in try deinterlacer.send(nil) }
          isFrameWaiting = true
        } else {
          try deinterlace(decoder.frame)
        }
      case .undecodable: losses.undecodableFrames += 1
      case .wantsPacket: try feed()
      case .end:
        isAtEnd = true
        noteTruncation()
        if demuxer.longestOtherVideo > Self.mostStrayPictures { losses.otherPictures = demuxer.longestOtherVideo }
        if losses.decodedFrames == 0 { throw VideoError(demuxer.source, .read, .noFrames) }
        if let deinterlacer { try filtered { () throws(Deinterlacer.Failure) in try deinterlacer.send(nil) } }
      }
    }
  }

  private func count(_ frame: UnsafeMutablePointer<AVFrame>) {
    losses.decodedFrames += 1
    if frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 || frame.pointee.decode_error_flags != 0 {
      losses.corruptFrames += 1
    }
    let isInterlaced = frame.pointee.interlaced_frame != 0
    if let found = cadence.add(isInterlaced: isInterlaced, repeatsField: frame.pointee.repeat_pict > 0) {
      losses.breaks.cadenceChanges += 1
      notify(.cadenceChanged(found))
    }
    if deinterlacing == .auto && isInterlaced && !isDeinterlacing {
      // Frames come at another rate from here on.
      if let ended = timeline.endEpoch(missing: 0, .source, "pictures are interlaced from here on") {
        observer(.epochEnded(ended))
      }
      isDeinterlacing = true
      timeline = FrameTimeline(
        info, wrapBits: isWatched ? demuxer.wrapBits : nil, fields: true, epoch: timeline.epoch,
        after: losses.breaks, timecodes: timeline.timecodes)
      notify(.deinterlacing)
    }
  }

  /// Sends the decoder one packet, or the end.
  private func feed() throws(VideoError) {
    guard let packet else { return }
    let start = monotonicNanoseconds()
    let code = demuxer.read(into: packet)
    let arrival = monotonicNanoseconds()
    times.receive += arrival - start
    if code >= 0 {
      readErrors = 0
      let flags = packet.pointee.flags
      if flags & AV_PKT_FLAG_CORRUPT != 0 { losses.damagedPackets += 1 }
      // What an edit list hides is decoded for what follows it, and neither shown nor counted.
      if flags & AV_PKT_FLAG_DISCARD == 0 { packetsRead += 1 }
      let number = packets.add(PacketLog.Entry(arrival: arrival, capture: demuxer.captureTime(of: packet)))
      if decoder.send(packet, number: number) < 0 { losses.undecodableFrames += 1 }
      return
    }
    if demuxer.interruption.isCancelled { throw VideoError(demuxer.source, .read, .cancelled, code: code) }
    if let stallTimeout, demuxer.interruption.isOverdue {
      throw VideoError(demuxer.source, .read, .stalled(seconds: stallTimeout))
    }
    if code != CLIBAV_ERROR_EOF {
      losses.damagedPackets += 1
      readErrors += 1
      if !demuxer.isAtEnd && readErrors < Self.mostReadErrors { return }
      losses.isTruncated = true
    }
    _ = decoder.send(nil, number: packets.newest)
  }

  /// At the end: whether the container promised more than its data held, as packets or as seconds.
  private func noteTruncation() {
    guard demuxer.isAtEnd else { return }
    if let counted = info.countedFrames {
      if packetsRead < counted { losses.isTruncated = true }
    } else if let declared = demuxer.declaredDuration, let rate = info.frameRate {
      // Containers round durations; a frame more or less is no loss.
      let end = Double(timeline.latestEnd) * timeline.timeBase.seconds
      if end + 2 / rate.value < declared { losses.isTruncated = true }
    }
  }

  /// Takes a picture apart into its fields.
  private func deinterlace(_ frame: UnsafeMutablePointer<AVFrame>) throws(VideoError) {
    try filtered { () throws(Deinterlacer.Failure) in
      if deinterlacer == nil {
        deinterlacer = try Deinterlacer(
          frame.pointee,
          timeBase: AVRational(num: info.timeBase.numerator, den: info.timeBase.denominator))
      }
      // Best effort: `pts` is what filters go by.
      frame.pointee.pts = frame.pointee.best_effort_timestamp
      try deinterlacer?.send(frame)
    }
  }

  @discardableResult
  private func filtered<Result>(_ body: () throws(Deinterlacer.Failure) -> Result) throws(VideoError) -> Result {
    do throws(Deinterlacer.Failure) { return try body() } catch {
      throw VideoError(demuxer.source, .convert, .refused, code: error.code)
    }
  }

  // MARK: Pixels

  private func convert(_ frame: UnsafeMutablePointer<AVFrame>, into picture: Picture) throws(VideoError) {
    let format = PictureConverter.Format(frame.pointee)
    guard format.size.isAcceptable else { throw VideoError(demuxer.source, .convert, .dimensions(format.size)) }
    if format.size != codedSize {
      losses.breaks.sizeChanges += 1
      notify(.frameSizeChanged(frame: timeline.delivered, from: codedSize, to: format.size))
      codedSize = format.size
    }
    do throws(PictureConverter.Failure) {
      let ready: PictureConverter
      if let converter, converter.format == format {
        ready = converter
      } else {
        ready = try PictureConverter(format, orientation: info.orientation, output: info.outputSize)
        converter = ready
      }
      try ready.convert(frame, into: picture)
    } catch {
      switch error {
      case .unsupported(let what): throw VideoError(demuxer.source, .convert, .unsupported(what))
      case .native(let code): throw VideoError(demuxer.source, .convert, .refused, code: code)
      }
    }
  }
}
