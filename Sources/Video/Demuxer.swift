import CLibav
import Glibc
import Timeline

/// An opened container and its video stream. Owns libav's format context and, for local paths, the byte source under it.
final class Demuxer {
  /// How long, in microseconds, a device that has nothing yet is left alone.
  private static let idleMicroseconds: UInt32 = 2_000
  /// Formats whose file only names the files with the video. What of those have an end declare their duration.
  private static let playlists = ["hls", "dash"]
  /// Nanoseconds. A read that takes longer has waited for the source.
  private static let longestBufferedRead: UInt64 = 2_000_000

  let address: SourceAddress
  /// Set to what is waited for, whenever that changes.
  let interruption: Interruption
  private let input: FileInput?
  private(set) var context: UnsafeMutablePointer<AVFormatContext>
  /// The chosen stream; lives as long as `context`.
  private(set) var stream: UnsafeMutablePointer<AVStream>
  /// Whether the source has an end of its own: a file, or what is one at the other side of the network.
  let isFinite: Bool
  /// Whether the source consists of files that somebody goes on adding to.
  let comesInPieces: Bool
  /// Whether packets come as they are sent: those that opening read ahead did not.
  private var isFresh = false
  /// The most packets in a row of other video that began after opening, as where a recording goes on under another number.
  private(set) var longestOtherVideo = 0
  private var otherVideo = 0
  /// Where the packets' reference times come from.
  private let referenceOrigin: CaptureTime.Origin

  /// Opens the source and finds its video stream.
  init(_ address: SourceAddress, options: SourceOptions, cancellation: Cancellation) throws(VideoError) {
    _ = silenceLibav
    self.address = address
    let interruption = Interruption(cancellation)
    self.interruption = interruption
    let patience = options.openTimeout(for: address)
    interruption.expect(within: patience)
    input = try Self.input(for: address, interruption)
    do throws(VideoError) {
      context = try Self.open(address, input: input, options: options, interruption: interruption)
    } catch {
      throw Self.explained(error, address, interruption, patience)
    }
    do throws(VideoError) {
      let found = try Self.findVideoStream(of: context, address: address, interruption: interruption)
      // libav takes an interrupted look for a short one if it saw enough, and its demuxer is then at its end.
      if interruption.isDue {
        throw VideoError(address.text, .open, interruption.isCancelled ? .cancelled : .noAnswer(seconds: patience ?? 0))
      }
      stream = found
      let format = context.pointee.iformat.pointee.name.map { String(cString: $0) } ?? ""
      isFinite = Self.isFinite(context, format, address)
      comesInPieces = !isFinite && Self.playlists.contains(format)
      referenceOrigin = ["rtsp", "rtp", "sdp"].contains(format) ? .rtpNTP : .stream
    } catch {
      // deinit does not run before `stream` is set.
      var opened: UnsafeMutablePointer<AVFormatContext>? = context
      avformat_close_input(&opened)
      throw Self.explained(error, address, interruption, patience)
    }
    interruption.expect(within: nil)
  }

  deinit {
    var closing: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&closing)
  }

  /// The path or URL as it was given.
  var source: String { address.text }

  /// Reads the next packet of the video stream into `packet`: 0 or an AVERROR.
  func read(into packet: UnsafeMutablePointer<AVPacket>) -> Int32 {
    let start = monotonicNanoseconds()
    defer { if monotonicNanoseconds() - start > Self.longestBufferedRead { isFresh = true } }
    while !interruption.isDue {
      av_packet_unref(packet)
      let code = av_read_frame(context, packet)
      if code == -EAGAIN {
        usleep(Self.idleMicroseconds)
        continue
      }
      if code < 0 { return code }
      if packet.pointee.stream_index == stream.pointee.index {
        otherVideo = 0
        return code
      }
      note(other: packet.pointee)
    }
    return CLIBAV_ERROR_EXIT
  }

  /// Takes note of a packet of another stream. Those that were there at opening give none.
  private func note(other packet: AVPacket) {
    guard let other = context.pointee.streams[Int(packet.stream_index)],
      other.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
    else { return }
    otherVideo += 1
    longestOtherVideo = max(longestOtherVideo, otherVideo)
  }

  /// Whether the bytes themselves have ended, whatever the container expected.
  var isAtEnd: Bool { context.pointee.pb.map { avio_feof($0) != 0 } ?? false }

  /// Whether the container's timestamps may jump, as those of broadcasts do.
  var mayJump: Bool { context.pointee.iformat.pointee.flags & AVFMT_TS_DISCONT != 0 }

  /// Bits of the video stream's timestamps.
  var wrapBits: Int { Int(stream.pointee.pts_wrap_bits) }

  /// When a packet was taken, as well as its source tells; nil for what may be a recording and tells nothing.
  func captureTime(of packet: UnsafeMutablePointer<AVPacket>) -> CaptureTime? {
    var size = 0
    if let data = av_packet_get_side_data(packet, AV_PKT_DATA_PRFT, &size),
      size >= MemoryLayout<AVProducerReferenceTime>.size
    {
      let microseconds = UnsafeRawPointer(data).loadUnaligned(as: AVProducerReferenceTime.self).wallclock
      let (nanoseconds, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
      if !overflow, let time = CaptureTime(nanosecondsSince1970: nanoseconds, origin: referenceOrigin) { return time }
    }
    return isFinite || !isFresh ? nil : CaptureTime(nanosecondsSince1970: civilNanoseconds(), origin: .system)
  }

  /// Seconds that the container's header promises for the video: known to be the video's only where it is the sole stream.
  var declaredDuration: Double? {
    let container = context.pointee
    guard container.nb_streams == 1, container.duration != noTimestamp,
      container.duration_estimation_method == AVFMT_DURATION_FROM_STREAM
    else { return nil }
    return Double(container.duration) / Double(AV_TIME_BASE)
  }

  private static func isFinite(
    _ context: UnsafeMutablePointer<AVFormatContext>, _ format: String, _ address: SourceAddress
  ) -> Bool {
    switch address.kind {
    case .file, .fifo, .standardInput: true
    case .device, .sessionDescription: false
    // A whole playlist or a recording by RTSP tells how long it is, a file at the other side of the network its size.
    case .network:
      context.pointee.duration > 0
        || (!playlists.contains(format) && context.pointee.pb.map { avio_size($0) > 0 } ?? false)
    }
  }

  private static func input(
    for address: SourceAddress, _ interruption: Interruption
  ) throws(VideoError) -> FileInput? {
    switch address.kind {
    case .file, .fifo, .sessionDescription: try FileInput(path: address.location, interruption: interruption)
    case .standardInput: try FileInput(standardInputFor: interruption)
    case .device, .network: nil
    }
  }

  /// `error`, or if it came of the time being over, that.
  private static func explained(
    _ error: VideoError, _ address: SourceAddress, _ interruption: Interruption, _ patience: Double?
  ) -> VideoError {
    guard error.reason != .cancelled, let patience, interruption.isOverdue else { return error }
    return VideoError(address.text, .open, .noAnswer(seconds: patience))
  }
}
