import CLibav
import Glibc

/// An opened container and its video stream. Owns libav's format context and, for local files, the byte source under it.
final class Demuxer {
  /// What a URL may lead to: never a local file. What a local playlist may lead to: nothing on the network.
  private static let networkProtocols = "http,https,tcp,tls,udp,rtp,srtp,rtsp,rtmp,rtmps,rtmpt,srt,crypto,data"
  private static let localProtocols = "file,crypto,data"
  /// Probing is bounded: bytes and microseconds of media that may be read before the streams are known.
  private static let probeBytes: Int64 = 5_000_000
  private static let probeMicroseconds: Int64 = 5_000_000
  private static let mostStreams: Int32 = 64
  /// Text-art "videos", as which libav takes plain text files.
  private static let textArt = [AV_CODEC_ID_ANSI, AV_CODEC_ID_BINTEXT, AV_CODEC_ID_XBIN, AV_CODEC_ID_IDF]

  let source: String
  private let input: FileInput?
  private let cancellation: Cancellation
  private(set) var context: UnsafeMutablePointer<AVFormatContext>
  /// The chosen stream; lives as long as `context`.
  private(set) var stream: UnsafeMutablePointer<AVStream>

  /// Opens `source`, a path or a URL with `://`, and finds its video stream.
  init(source: String, cancellation: Cancellation) throws(VideoError) {
    _ = silenceLibav
    let path = source.hasPrefix("file://") ? String(source.dropFirst("file://".count)) : source
    let isLocal = !path.contains("://")
    self.source = source
    self.cancellation = cancellation
    input = isLocal ? try FileInput(path: path, cancellation: cancellation) : nil
    context = try Self.open(
      path, input: input, protocols: isLocal ? Self.localProtocols : Self.networkProtocols, cancellation: cancellation)
    do throws(VideoError) {
      stream = try Self.findVideoStream(of: context, source: source, cancellation: cancellation)
    } catch {
      // deinit does not run before `stream` is set.
      var opened: UnsafeMutablePointer<AVFormatContext>? = context
      avformat_close_input(&opened)
      throw error
    }
  }

  deinit {
    var closing: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&closing)
  }

  /// Reads the next packet of the video stream into `packet`: 0 or an AVERROR.
  func read(into packet: UnsafeMutablePointer<AVPacket>) -> Int32 {
    while !cancellation.isCancelled {
      av_packet_unref(packet)
      let code = av_read_frame(context, packet)
      if code < 0 || packet.pointee.stream_index == stream.pointee.index { return code }
    }
    return CLIBAV_ERROR_EXIT
  }

  /// Whether the bytes themselves have ended, whatever the container expected.
  var isAtEnd: Bool { context.pointee.pb.map { avio_feof($0) != 0 } ?? false }

  /// Seconds that the container's header promises for the video: known to be the video's only where it is the sole stream.
  var declaredDuration: Double? {
    let container = context.pointee
    guard container.nb_streams == 1, container.duration != noTimestamp,
      container.duration_estimation_method == AVFMT_DURATION_FROM_STREAM
    else { return nil }
    return Double(container.duration) / Double(AV_TIME_BASE)
  }

  private static func open(
    _ path: String, input: FileInput?, protocols: String, cancellation: Cancellation
  ) throws(VideoError) -> UnsafeMutablePointer<AVFormatContext> {
    guard let allocated = avformat_alloc_context() else { throw VideoError(path, .open, .refused, code: ENOMEM) }
    allocated.pointee.pb = input?.context
    allocated.pointee.interrupt_callback = AVIOInterruptCB(
      callback: { opaque in
        // The demuxer holds the cancellation longer than libav holds this pointer.
        let cancellation = Unmanaged<Cancellation>.fromOpaque(opaque.unsafelyUnwrapped).takeUnretainedValue()
        return cancellation.isCancelled ? 1 : 0
      },
      opaque: Unmanaged.passUnretained(cancellation).toOpaque())
    allocated.pointee.probesize = probeBytes
    allocated.pointee.max_analyze_duration = probeMicroseconds
    allocated.pointee.max_streams = mostStreams
    allocated.pointee.protocol_whitelist = av_strdup(protocols)

    var context: UnsafeMutablePointer<AVFormatContext>? = allocated
    // On failure this frees the context.
    let code = avformat_open_input(&context, path, nil, nil)
    guard code >= 0, let context else {
      if cancellation.isCancelled { throw VideoError(path, .open, .cancelled, code: code) }
      let refused = input == nil && code != CLIBAV_ERROR_INVALID_DATA
      throw VideoError(path, refused ? .open : .probe, refused ? .refused : .notAVideo, code: code)
    }
    return context
  }

  private static func findVideoStream(
    of context: UnsafeMutablePointer<AVFormatContext>, source: String, cancellation: Cancellation
  ) throws(VideoError) -> UnsafeMutablePointer<AVStream> {
    // A header with absurd sizes is refused before anything is decoded for probing.
    for stream in streams(of: context) where kind(of: stream) == AVMEDIA_TYPE_VIDEO {
      let size = codedSize(of: stream)
      if size.rows != 0 || size.columns != 0 { try check(size, source) }
    }
    let code = decodeForProbing(context)
    if cancellation.isCancelled { throw VideoError(source, .probe, .cancelled, code: code) }
    if code < 0 { throw VideoError(source, .probe, .notAVideo, code: code) }

    let index = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
    let all = streams(of: context)
    guard index >= 0, all[Int(index)].pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 else {
      // A picture attached to music is no video.
      let others = all.map(name(of:)).joined(separator: ", ")
      throw VideoError(source, .probe, .noVideoStream(others: others.isEmpty ? "nothing" : others))
    }
    let chosen = all[Int(index)]
    if textArt.contains(chosen.pointee.codecpar.pointee.codec_id) { throw VideoError(source, .probe, .notAVideo) }
    try check(codedSize(of: chosen), source)
    for stream in all where stream != chosen { stream.pointee.discard = AVDISCARD_ALL }
    return chosen
  }

  /// libav's look into the streams themselves, with decoders that refuse absurd pictures. 0 or more, or an AVERROR.
  private static func decodeForProbing(_ context: UnsafeMutablePointer<AVFormatContext>) -> Int32 {
    // One dictionary for each stream that the header names.
    var options = [OpaquePointer?](repeating: nil, count: Int(context.pointee.nb_streams))
    for index in options.indices { av_dict_set(&options[index], "max_pixels", "\(PictureSize.mostPixels)", 0) }
    let code = avformat_find_stream_info(context, &options)
    for index in options.indices { av_dict_free(&options[index]) }
    return code
  }

  private static func streams(
    of context: UnsafeMutablePointer<AVFormatContext>
  ) -> [UnsafeMutablePointer<AVStream>] {
    (0..<Int(context.pointee.nb_streams)).compactMap { context.pointee.streams[$0] }
  }

  private static func kind(of stream: UnsafeMutablePointer<AVStream>) -> AVMediaType {
    stream.pointee.codecpar.pointee.codec_type
  }

  private static func name(of stream: UnsafeMutablePointer<AVStream>) -> String {
    if kind(of: stream) == AVMEDIA_TYPE_VIDEO { return "a cover picture" }
    return av_get_media_type_string(kind(of: stream)).map { String(cString: $0) } ?? "unknown data"
  }

  private static func codedSize(of stream: UnsafeMutablePointer<AVStream>) -> PictureSize {
    let parameters = stream.pointee.codecpar.pointee
    return PictureSize(rows: Int(parameters.height), columns: Int(parameters.width))
  }

  private static func check(_ size: PictureSize, _ source: String) throws(VideoError) {
    guard size.isAcceptable else { throw VideoError(source, .probe, .dimensions(size)) }
  }
}
