import CLibav
import Glibc
import Timeline

/// A running H.264 encoder (libx264) that takes pictures and gives packets.
///
/// The stream is 4:2:0 of limited range, with the matrix that its size implies (BT.601 up to 576 rows, BT.709 above) and chroma in
/// the middle of its four pixels, and says so: what decodes it by its declarations gets the pictures' colours back. One thread encodes,
/// with x264's `cpu-independent`: the packets depend on the pictures and on x264's version alone, not on the machine.
final class PictureEncoder {
  let size: PictureSize
  /// One frame's duration, in which packets count their time.
  let timeBase: AVRational
  private let source: String
  /// All owned: the encoder, its input, the picture as libav wants it (padded rows), and what brings one to the other.
  private var encoder: UnsafeMutablePointer<AVCodecContext>?
  private var input: UnsafeMutablePointer<AVFrame>?
  private var colours: UnsafeMutablePointer<AVFrame>?
  private var scaler: OpaquePointer?
  private var packet: UnsafeMutablePointer<AVPacket>?
  private var frames: Int64 = 0

  /// - Parameters:
  ///   - source: What errors name.
  ///   - hasGlobalHeader: The container keeps the parameter sets, not the stream.
  init(
    source: String, size: PictureSize, rate: Ratio, settings: EncodingSettings, hasGlobalHeader: Bool
  ) throws(VideoError) {
    _ = silenceLibav
    try settings.check(for: size, source: source)
    guard let interval = Int32(exactly: settings.keyFrameInterval), interval > 0 else {
      throw VideoError(source, .startEncoder, .unsupported("a key frame every \(settings.keyFrameInterval) frames"))
    }
    guard let numerator = Int32(exactly: rate.numerator), let denominator = Int32(exactly: rate.denominator) else {
      throw VideoError(source, .startEncoder, .unsupported("a rate of \(rate) frames/s"))
    }
    self.source = source
    self.size = size
    timeBase = AVRational(num: denominator, den: numerator)
    guard let codec = avcodec_find_encoder_by_name("libx264") else {
      throw VideoError(source, .startEncoder, .noEncoder(codec: "libx264"))
    }
    encoder = avcodec_alloc_context3(codec)
    input = av_frame_alloc()
    colours = av_frame_alloc()
    scaler = sws_alloc_context()
    packet = av_packet_alloc()
    // Everything is initialised: from here on, deinit cleans up after a throw.
    guard let encoder, let input, let colours, scaler != nil, packet != nil else {
      throw VideoError(source, .startEncoder, .refused, code: ENOMEM)
    }
    encoder.pointee.width = Int32(size.columns)
    encoder.pointee.height = Int32(size.rows)
    encoder.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    encoder.pointee.time_base = timeBase
    encoder.pointee.framerate = AVRational(num: numerator, den: denominator)
    encoder.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
    encoder.pointee.gop_size = interval
    encoder.pointee.thread_count = 1
    let isHighDefinition = size.rows > ColourMatrix.standardDefinitionRows
    encoder.pointee.colorspace = isHighDefinition ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M
    encoder.pointee.color_primaries = isHighDefinition ? AVCOL_PRI_BT709 : AVCOL_PRI_SMPTE170M
    encoder.pointee.color_trc = isHighDefinition ? AVCOL_TRC_BT709 : AVCOL_TRC_SMPTE170M
    encoder.pointee.color_range = AVCOL_RANGE_MPEG
    encoder.pointee.chroma_sample_location = AVCHROMA_LOC_CENTER
    if hasGlobalHeader { encoder.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    try check(av_opt_set(encoder.pointee.priv_data, "preset", settings.preset.rawValue, 0), .startEncoder)
    try check(av_opt_set_double(encoder.pointee.priv_data, "crf", settings.crf, 0), .startEncoder)
    // Without it the code for newer vector units finds another encoding than that for older ones.
    try check(av_opt_set(encoder.pointee.priv_data, "x264-params", "cpu-independent=1", 0), .startEncoder)
    try check(avcodec_open2(encoder, codec, nil), .startEncoder)
    try allocate(input, AV_PIX_FMT_YUV420P)
    try allocate(colours, AV_PIX_FMT_RGB24)
    try startScaler()
  }

  deinit {
    av_packet_free(&packet)
    sws_freeContext(scaler)
    av_frame_free(&colours)
    av_frame_free(&input)
    avcodec_free_context(&encoder)
  }

  /// For muxers and decoders, which copy from it.
  var context: UnsafeMutablePointer<AVCodecContext> { encoder.unsafelyUnwrapped }  // set in init, freed in deinit

  /// Encodes `picture`, or with nil what still waits, and hands out the packets that are ready; they are unreferenced afterwards.
  func encode(
    _ picture: Picture?, _ handOut: (UnsafeMutablePointer<AVPacket>) throws(VideoError) -> Void
  ) throws(VideoError) {
    if let picture { try convert(picture) }
    try check(avcodec_send_frame(encoder, picture == nil ? nil : input), .encode)
    guard let packet else { return }
    while true {
      let code = avcodec_receive_packet(encoder, packet)
      if code == -EAGAIN || code == CLIBAV_ERROR_EOF { return }
      try check(code, .encode)
      // Containers that declare each frame's duration take it from here.
      packet.pointee.duration = 1
      defer { av_packet_unref(packet) }
      try handOut(packet)
    }
  }

  private func convert(_ picture: Picture) throws(VideoError) {
    precondition(picture.rows == size.rows && picture.columns == size.columns, "the picture has the encoder's size")
    guard let input, let colours, let target = colours.pointee.data.0, let pixels = picture.bytes.baseAddress else {
      return
    }
    // The encoder may still hold the buffers of the picture before.
    try check(av_frame_make_writable(input), .encode)
    // swscale's vector code may read past a row's end, which only libav's own rows allow.
    let rowBytes = size.columns * 3
    for row in 0..<size.rows {
      memcpy(target + row * Int(colours.pointee.linesize.0), pixels + row * rowBytes, rowBytes)
    }
    try check(sws_scale_frame(scaler, input, colours), .convert)
    input.pointee.pts = frames
    frames += 1
  }

  private func allocate(_ frame: UnsafeMutablePointer<AVFrame>, _ format: AVPixelFormat) throws(VideoError) {
    frame.pointee.format = format.rawValue
    frame.pointee.width = Int32(size.columns)
    frame.pointee.height = Int32(size.rows)
    try check(av_frame_get_buffer(frame, 0), .startEncoder)
  }

  private func startScaler() throws(VideoError) {
    guard let scaler else { return }
    // Chroma keeps swscale's own position, the middle, as the stream declares.
    let flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT
    let options: [(String, Int)] = [
      ("srcw", size.columns), ("srch", size.rows), ("src_format", Int(AV_PIX_FMT_RGB24.rawValue)),
      ("dstw", size.columns), ("dsth", size.rows), ("dst_format", Int(AV_PIX_FMT_YUV420P.rawValue)),
      ("sws_flags", Int(flags)),
    ]
    for (option, value) in options {
      try check(av_opt_set_int(UnsafeMutableRawPointer(scaler), option, Int64(value), 0), .startEncoder)
    }
    try check(sws_init_context(scaler, nil, nil), .startEncoder)
    guard let matrix = ColourMatrix.swscaleIndex(context.pointee.colorspace, rows: size.rows) else { return }
    let one: Int32 = 1 << 16
    // Full range RGB to limited range YCbCr, without changes of brightness (0), contrast and saturation (1).
    let coefficients = sws_getCoefficients(matrix)
    try check(sws_setColorspaceDetails(scaler, coefficients, 1, coefficients, 0, 0, one, one), .startEncoder)
  }

  private func check(_ code: Int32, _ operation: VideoError.Operation) throws(VideoError) {
    if code < 0 { throw VideoError(source, operation, .refused, code: code) }
  }
}
