import CLibav
import Glibc

/// A running decoder of one video stream, and the frame that it decodes into.
final class Decoder {
  enum Step {
    /// `frame` holds the next frame in presentation order.
    case frame
    case wantsPacket
    /// The decoder gave an error for something that it was sent, and can go on.
    case undecodable
    case end
  }

  private var context: UnsafeMutablePointer<AVCodecContext>?
  private var decoded: UnsafeMutablePointer<AVFrame>?

  init(_ stream: UnsafeMutablePointer<AVStream>, source: String, threads: Int) throws(VideoError) {
    let parameters = stream.pointee.codecpar
    guard let codec = avcodec_find_decoder(stream.pointee.codecpar.pointee.codec_id) else {
      throw VideoError(source, .startDecoder, .noDecoder(codec: Self.codecName(stream.pointee.codecpar.pointee)))
    }
    context = avcodec_alloc_context3(codec)
    decoded = av_frame_alloc()
    guard let context, decoded != nil else { throw VideoError(source, .startDecoder, .refused, code: ENOMEM) }
    var code = avcodec_parameters_to_context(context, parameters)
    context.pointee.pkt_timebase = stream.pointee.time_base
    context.pointee.framerate = stream.pointee.avg_frame_rate
    context.pointee.thread_count = Int32(threads)
    context.pointee.max_pixels = Int64(PictureSize.mostPixels)
    if code >= 0 { code = avcodec_open2(context, codec, nil) }
    if code < 0 { throw VideoError(source, .startDecoder, .refused, code: code) }
  }

  deinit {
    av_frame_free(&decoded)
    avcodec_free_context(&context)
  }

  /// The frame last decoded; valid until the next `receive`.
  var frame: UnsafeMutablePointer<AVFrame> { decoded.unsafelyUnwrapped }  // set in init, freed in deinit

  /// Frames a second as the decoder has them, by which it packs timecodes; nil if unknown.
  var frameRate: Ratio? { context.flatMap { Ratio($0.pointee.framerate) } }

  /// Sends a packet, or with nil the end, after `receive` asked for it. `number` comes back as its frames' `reordered_opaque`.
  func send(_ packet: UnsafeMutablePointer<AVPacket>?, number: Int64) -> Int32 {
    context?.pointee.reordered_opaque = number
    return avcodec_send_packet(context, packet)
  }

  func receive() -> Step {
    switch avcodec_receive_frame(context, decoded) {
    case 0: .frame
    case -EAGAIN: .wantsPacket
    case CLIBAV_ERROR_EOF: .end
    default: .undecodable
    }
  }

  /// The codec's name, or for one that libav does not know, the four characters by which the container calls it.
  private static func codecName(_ parameters: AVCodecParameters) -> String {
    if parameters.codec_id != AV_CODEC_ID_NONE { return String(cString: avcodec_get_name(parameters.codec_id)) }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AV_FOURCC_MAX_STRING_SIZE)) { buffer in
      av_fourcc_make_string(buffer.baseAddress, parameters.codec_tag).map { String(cString: $0) } ?? "an unknown codec"
    }
  }
}
