import CLibav
import Glibc

/// Packs coded pictures into an MPEG transport stream, plain or within RTP. Owns libav's muxer and the buffer under it.
final class TransportStreamMuxer {
  /// What a transport stream can carry so that receivers know it.
  private static let codecs = [
    AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG4,
  ]
  static let packetBytes = 188
  /// The customary seven packets: they fit an Ethernet frame, and libav's SRT takes no more.
  static let datagramBytes = 7 * packetBytes
  private static let rtpHeaderBytes = 12
  /// How long before its decoding a picture's data are sent, in microseconds: what receivers of broadcasts expect.
  private static let delay: Int32 = 700_000

  private let source: String
  /// Takes what is to be sent as one piece: whole packets, at most `datagramBytes` of them. Returns 0, or an error code that ends
  /// the writing.
  private let deliver: (UnsafeMutableRawBufferPointer) -> Int32
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private var bytes: UnsafeMutablePointer<AVIOContext>?
  private var isHeaderWritten = false

  /// - Parameters:
  ///   - stream: What is sent; only read here.
  ///   - source: Names the video in errors.
  init(
    _ stream: UnsafeMutablePointer<AVStream>, source: String, overRTP: Bool,
    deliver: @escaping (UnsafeMutableRawBufferPointer) -> Int32
  ) throws(VideoError) {
    self.source = source
    self.deliver = deliver
    let parameters = stream.pointee.codecpar
    guard let codec = parameters?.pointee.codec_id, Self.codecs.contains(codec) else {
      let name = parameters.map { String(cString: avcodec_get_name($0.pointee.codec_id)) } ?? "an unknown codec"
      throw VideoError(source, .send, .unsendable(codec: name))
    }
    avformat_alloc_output_context2(&context, nil, overRTP ? "rtp_mpegts" : "mpegts", nil)
    let size = overRTP ? Self.rtpHeaderBytes + Self.datagramBytes : Self.datagramBytes
    let buffer = av_malloc(size)?.assumingMemoryBound(to: UInt8.self)
    bytes = avio_alloc_context(
      buffer, Int32(size), 1, Unmanaged.passUnretained(self).toOpaque(), nil,
      { opaque, bytes, count in
        // The muxer outlives the context that holds the pointer.
        let muxer = Unmanaged<TransportStreamMuxer>.fromOpaque(opaque.unsafelyUnwrapped).takeUnretainedValue()
        let code = muxer.deliver(UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
        return code < 0 ? code : count
      }, nil)
    guard let context, let bytes, let copy = avformat_new_stream(context, nil) else {
      if bytes == nil { av_free(buffer) }
      throw VideoError(source, .send, .refused, code: ENOMEM)
    }
    bytes.pointee.max_packet_size = Int32(size)
    context.pointee.pb = bytes
    context.pointee.max_delay = Self.delay
    var code = avcodec_parameters_copy(copy.pointee.codecpar, parameters)
    // The tag is the source container's.
    copy.pointee.codecpar.pointee.codec_tag = 0
    copy.pointee.time_base = stream.pointee.time_base
    copy.pointee.avg_frame_rate = stream.pointee.avg_frame_rate
    if code >= 0 { code = avformat_write_header(context, nil) }
    if code < 0 { throw VideoError(source, .send, .refused, code: code) }
    isHeaderWritten = true
  }

  deinit {
    // Without a trailer, which would still be delivered.
    avformat_free_context(context)
    if let bytes { av_free(bytes.pointee.buffer) }
    avio_context_free(&bytes)
  }

  /// Packs a picture whose times are in ticks of `timeBase`, and hands on all of it. Returns an AVERROR for one that no stream can
  /// carry, for instance because it is to be shown before it is decoded.
  func write(_ packet: UnsafeMutablePointer<AVPacket>, timeBase: AVRational) -> Int32 {
    guard let context, let stream = context.pointee.streams[0] else { return -EINVAL }
    packet.pointee.stream_index = 0
    av_packet_rescale_ts(packet, timeBase, stream.pointee.time_base)
    let code = av_write_frame(context, packet)
    avio_flush(bytes)
    return code
  }

  /// Hands on what is left. Nothing can be written afterwards.
  func finish() {
    guard isHeaderWritten else { return }
    isHeaderWritten = false
    av_write_trailer(context)
    avio_flush(bytes)
  }
}
