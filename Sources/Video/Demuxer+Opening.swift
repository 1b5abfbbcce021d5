import CLibav
import Glibc

extension Demuxer {
  /// Probing is bounded: bytes and microseconds of media that may be read before the streams are known.
  private static let probeBytes: Int64 = 5_000_000
  private static let probeMicroseconds: Int64 = 5_000_000
  private static let mostStreams: Int32 = 64
  /// Text-art "videos", as which libav takes plain text files.
  private static let textArt = [AV_CODEC_ID_ANSI, AV_CODEC_ID_BINTEXT, AV_CODEC_ID_XBIN, AV_CODEC_ID_IDF]
  /// libav's options that would undo what is refused here.
  static let reservedOptions = ["protocol_whitelist", "protocol_blacklist", "format_whitelist", "codec_whitelist"]

  /// Opens the container; what it says is not yet checked.
  static func open(
    _ address: SourceAddress, input: FileInput?, options: SourceOptions, interruption: Interruption
  ) throws(VideoError) -> UnsafeMutablePointer<AVFormatContext> {
    let source = address.text
    if let name = options.native.keys.sorted().first(where: { reservedOptions.contains($0) }) {
      throw VideoError(source, .open, .option(name))
    }
    let device = address.kind == .device ? try CaptureDevices.videoForLinux(source) : nil
    guard let allocated = avformat_alloc_context() else { throw VideoError(source, .open, .refused, code: ENOMEM) }
    allocated.pointee.pb = input?.context
    allocated.pointee.interrupt_callback = AVIOInterruptCB(
      callback: { opaque in
        // The demuxer holds the interruption longer than libav holds this pointer.
        let interruption = Unmanaged<Interruption>.fromOpaque(opaque.unsafelyUnwrapped).takeUnretainedValue()
        return interruption.isDue ? 1 : 0
      },
      opaque: Unmanaged.passUnretained(interruption).toOpaque())
    allocated.pointee.probesize = probeBytes
    allocated.pointee.max_analyze_duration = probeMicroseconds
    allocated.pointee.max_streams = mostStreams
    allocated.pointee.protocol_whitelist = av_strdup(address.protocols)
    // A device that waits in the kernel could not be interrupted.
    if device != nil { allocated.pointee.flags |= AVFMT_FLAG_NONBLOCK }

    var dictionary = dictionary(of: options.native, for: address)
    defer { av_dict_free(&dictionary) }
    var context: UnsafeMutablePointer<AVFormatContext>? = allocated
    forgetLibavWords()
    // On failure this frees the context.
    let code = avformat_open_input(&context, address.location, device, &dictionary)
    guard code >= 0, let opened = context else {
      if interruption.isCancelled { throw VideoError(source, .open, .cancelled, code: code) }
      if code == CLIBAV_ERROR_INVALID_DATA || input != nil {
        throw VideoError(
          source, .probe, address.isNetwork ? .nothingPlayable(words: words()) : .notAVideo, code: code)
      }
      throw VideoError(source, .open, .refused, code: code)
    }
    // libav takes out what somebody understood.
    if let name = options.native.keys.sorted().first(where: { av_dict_get(dictionary, $0, nil, 0) != nil }) {
      avformat_close_input(&context)
      throw VideoError(source, .open, .option(name))
    }
    return opened
  }

  /// The user's options over those that a kind of source needs.
  private static func dictionary(of options: [String: String], for address: SourceAddress) -> OpaquePointer? {
    var dictionary: OpaquePointer?
    // What overruns libav's buffer is lost like a datagram anywhere else, and shows by the timestamps; it is no end.
    if address.isNetwork && address.location.lowercased().hasPrefix("udp://") {
      av_dict_set(&dictionary, "overrun_nonfatal", "1", 0)
    }
    for (name, value) in options { av_dict_set(&dictionary, name, value, 0) }
    return dictionary
  }

  /// What libav said first about a failure on this thread, if anything, as it may be shown.
  private static func words() -> String? {
    firstLibavWords().split(separator: "\n").first.map { presentable(words: String($0)) }
  }

  static func findVideoStream(
    of context: UnsafeMutablePointer<AVFormatContext>, address: SourceAddress, interruption: Interruption
  ) throws(VideoError) -> UnsafeMutablePointer<AVStream> {
    let source = address.text
    // A header with absurd sizes is refused before anything is decoded for probing.
    for stream in streams(of: context) where kind(of: stream) == AVMEDIA_TYPE_VIDEO {
      let size = codedSize(of: stream)
      if size.rows != 0 || size.columns != 0 { try check(size, source) }
    }
    // A transport stream may name further streams at any time. Those of interest are there: what is live is not kept
    // waiting, and read ahead, for as long as probing may take.
    if address.mayWait && streams(of: context).contains(where: { kind(of: $0) == AVMEDIA_TYPE_VIDEO }) {
      context.pointee.ctx_flags &= ~AVFMTCTX_NOHEADER
    }
    let code = decodeForProbing(context)
    if interruption.isCancelled { throw VideoError(source, .probe, .cancelled, code: code) }
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
    for stream in all where stream != chosen && !isYetToCome(stream) { stream.pointee.discard = AVDISCARD_ALL }
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

  /// Whether this is video of which there was nothing so far.
  private static func isYetToCome(_ stream: UnsafeMutablePointer<AVStream>) -> Bool {
    kind(of: stream) == AVMEDIA_TYPE_VIDEO && codedSize(of: stream) == PictureSize(rows: 0, columns: 0)
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
