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

  public let info: VideoInfo
  /// What was lost so far; `VideoLosses.summary` at the end.
  public private(set) var losses = VideoLosses()

  /// Where the time of the latest `next(into:)` went.
  public private(set) var times = FrameTimes()

  private let demuxer: Demuxer
  private let decoder: Decoder
  private var packet: UnsafeMutablePointer<AVPacket>?
  private let stride: Int
  private let cancellation: Cancellation
  private let notify: (VideoNotice) -> Void
  private var converter: PictureConverter?
  private var codedSize: PictureSize
  private var delivered = 0
  private var packetsRead = 0
  private var readErrors = 0
  private var lastArrival: UInt64 = 0
  /// Where the next frame is expected in time, for frames that carry no timestamp.
  private var nextTimestamp: Int64 = 0
  /// The latest end of a frame.
  private var latestEnd = Int64.min
  private var isAtEnd = false

  /// Opens a video, waiting for its header.
  ///
  /// - Parameters:
  ///   - path: A file (also a FIFO or device), or a URL with a scheme (`rtsp://`, `https://`, …).
  ///   - output: The size of the pictures; by default the size at which the video is displayed.
  ///   - stride: Deliver the frames 0, stride, 2·stride, … of the video; the others are decoded only.
  ///   - threads: Decoder threads. More than one is faster, but a frame may come up to that many frames later.
  ///   - cancellation: Makes the opening and every later read end with `VideoError.Reason.cancelled`.
  ///   - notify: Called from `next(into:)`, on its thread.
  public init(
    path: String, output: PictureSize? = nil, stride: Int = 1, threads: Int = 1,
    cancellation: Cancellation = Cancellation(), notify: @escaping (VideoNotice) -> Void = { _ in }
  ) throws(VideoError) {
    if let output, !output.isAcceptable { throw VideoError(path, .open, .outputSize(output)) }
    guard stride > 0 else { throw VideoError(path, .open, .stride(stride)) }
    guard (1...Self.mostThreads).contains(threads) else { throw VideoError(path, .open, .threads(threads)) }
    demuxer = try Demuxer(source: path, cancellation: cancellation)
    info = try VideoInfo(demuxer, output: output)
    decoder = try Decoder(demuxer.stream, source: path, threads: threads)
    self.stride = stride
    self.cancellation = cancellation
    self.notify = notify
    codedSize = info.codedSize
    packet = av_packet_alloc()
    if packet == nil { throw VideoError(path, .open, .refused, code: ENOMEM) }
    losses.expectedFrames = info.countedFrames
  }

  deinit { av_packet_free(&packet) }

  public var outputSize: PictureSize { info.outputSize }

  public var frameRate: Ratio? { info.frameRate }

  /// Decodes the next frame into `picture`, which must have `info.outputSize`; nil at the end of the video.
  ///
  /// The stamp's index counts delivered frames, its epoch is 0, its time is the frame's own timestamp (variable frame rates
  /// stay variable), or where it has none, the end of the frame before. Its arrival is when the packet was read that this frame
  /// was decoded from.
  /// - Throws: `.noFrames` at the end of a video of which nothing could be decoded; `.cancelled`; `.dimensions` and
  ///   `.unsupported` when the video changes to something that cannot be converted.
  public func next(into picture: Picture) throws(VideoError) -> FrameStamp? {
    precondition(
      picture.rows == info.outputSize.rows && picture.columns == info.outputSize.columns,
      "the picture has the reader's output size")
    times = FrameTimes()
    let start = monotonicNanoseconds()
    while try decode() {
      let frame = decoder.frame
      let stamp = stamp(of: frame)
      let position = losses.decodedFrames
      losses.decodedFrames += 1
      if frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 || frame.pointee.decode_error_flags != 0 {
        losses.corruptFrames += 1
      }
      guard position.isMultiple(of: stride) else { continue }
      let decoded = monotonicNanoseconds()
      times.decode = decoded - start - times.receive
      try convert(frame, into: picture)
      times.convert = monotonicNanoseconds() - decoded
      delivered += 1
      return stamp
    }
    return nil
  }

  /// Puts the next frame into `decoder.frame`; false at the end.
  private func decode() throws(VideoError) -> Bool {
    while !isAtEnd {
      if cancellation.isCancelled { throw VideoError(demuxer.source, .read, .cancelled) }
      switch decoder.receive() {
      case .frame: return true
      case .undecodable: losses.undecodableFrames += 1
      case .wantsPacket: try feed()
      case .end:
        isAtEnd = true
        noteTruncation()
        if losses.decodedFrames == 0 { throw VideoError(demuxer.source, .read, .noFrames) }
      }
    }
    return false
  }

  /// Sends the decoder one packet, or the end.
  private func feed() throws(VideoError) {
    guard let packet else { return }
    let start = monotonicNanoseconds()
    let code = demuxer.read(into: packet)
    times.receive += monotonicNanoseconds() - start
    if code >= 0 {
      packetsRead += 1
      readErrors = 0
      lastArrival = monotonicNanoseconds()
      let flags = packet.pointee.flags
      if flags & AV_PKT_FLAG_CORRUPT != 0 { losses.damagedPackets += 1 }
      // Samples that an edit list hides are counted by the container and never shown.
      if flags & AV_PKT_FLAG_DISCARD != 0 { losses.expectedFrames? -= 1 }
      if decoder.send(packet, arrival: lastArrival) < 0 { losses.undecodableFrames += 1 }
      return
    }
    if cancellation.isCancelled { throw VideoError(demuxer.source, .read, .cancelled, code: code) }
    if code != CLIBAV_ERROR_EOF {
      losses.damagedPackets += 1
      readErrors += 1
      if !demuxer.isAtEnd && readErrors < Self.mostReadErrors { return }
      losses.isTruncated = true
    }
    _ = decoder.send(nil, arrival: lastArrival)
  }

  /// At the end: whether the container promised more than its data held, as packets or as seconds.
  private func noteTruncation() {
    guard demuxer.isAtEnd else { return }
    if let counted = info.countedFrames {
      if packetsRead < counted { losses.isTruncated = true }
    } else if let declared = demuxer.declaredDuration, let rate = info.frameRate {
      // Containers round durations; a frame more or less is no loss.
      let end = Double(latestEnd) * info.timeBase.seconds
      if end + 2 / rate.value < declared { losses.isTruncated = true }
    }
  }

  private func stamp(of frame: UnsafeMutablePointer<AVFrame>) -> FrameStamp {
    let own = frame.pointee.best_effort_timestamp
    let pts = own == noTimestamp ? nextTimestamp : own
    nextTimestamp = pts.addingReportingOverflow(max(1, duration(of: frame))).partialValue
    latestEnd = max(latestEnd, nextTimestamp)
    // A decoder that does not carry it leaves 0 or libav's "no timestamp", which is beyond any clock.
    let carried = UInt64(bitPattern: frame.pointee.reordered_opaque)
    let arrival = carried > 0 && carried <= lastArrival ? carried : lastArrival
    return FrameStamp(index: delivered, epoch: 0, time: MediaTime(pts: pts, timeBase: info.timeBase), arrival: arrival)
  }

  /// Ticks that the frame lasts, by its packet or else by the average rate.
  private func duration(of frame: UnsafeMutablePointer<AVFrame>) -> Int64 {
    if frame.pointee.pkt_duration > 0 { return frame.pointee.pkt_duration }
    guard let rate = info.frameRate else { return 0 }
    let ticks = (1 / (rate.value * info.timeBase.seconds)).rounded()
    return ticks < 1e15 ? Int64(ticks) : 0
  }

  private func convert(_ frame: UnsafeMutablePointer<AVFrame>, into picture: Picture) throws(VideoError) {
    let format = PictureConverter.Format(frame.pointee)
    guard format.size.isAcceptable else { throw VideoError(demuxer.source, .convert, .dimensions(format.size)) }
    if format.size != codedSize {
      notify(.frameSizeChanged(frame: delivered, from: codedSize, to: format.size))
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
