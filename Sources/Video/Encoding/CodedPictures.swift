import CLibav
import Glibc
public import Timeline

/// Pictures as they look after H.264: encoded and decoded again in memory, for training data that look like what will be watched.
///
/// What comes out equals what `VideoReader` gives of a file that `VideoWriter` wrote with the same settings. The encoder looks ahead and
/// reorders, so a picture comes back some pictures later; `finish` gives the rest and ends the clip. One thread at a time.
public final class CodedPictures {
  private static let source = "pictures in memory"

  private let encoder: PictureEncoder
  /// What is handed out.
  private let picture: Picture
  private var converter: PictureConverter?
  /// Both owned.
  private var decoder: UnsafeMutablePointer<AVCodecContext>?
  private var decoded: UnsafeMutablePointer<AVFrame>?

  /// - Parameter size: That of every picture: even sides.
  public init(size: PictureSize, rate: Ratio, settings: EncodingSettings = EncodingSettings()) throws(VideoError) {
    encoder = try PictureEncoder(
      source: Self.source, size: size, rate: rate, settings: settings, hasGlobalHeader: false)
    picture = Picture(rows: size.rows, columns: size.columns)
    guard let codec = avcodec_find_decoder(AV_CODEC_ID_H264) else {
      throw VideoError(Self.source, .startDecoder, .noDecoder(codec: "h264"))
    }
    decoder = avcodec_alloc_context3(codec)
    decoded = av_frame_alloc()
    guard let decoder, decoded != nil else {
      throw VideoError(Self.source, .startDecoder, .refused, code: ENOMEM)
    }
    decoder.pointee.thread_count = 1
    try check(avcodec_open2(decoder, codec, nil), .startDecoder)
  }

  deinit {
    av_frame_free(&decoded)
    avcodec_free_context(&decoder)
  }

  /// Puts `picture` in and hands out those that are ready, in their order. A picture that is handed out is valid during the call.
  public func push(
    _ picture: Picture, _ handOut: (Picture) throws(VideoError) -> Void
  ) throws(VideoError) {
    try encoder.encode(picture) { packet throws(VideoError) in try decode(packet, handOut) }
  }

  /// Hands out the rest. Nothing can be put in afterwards.
  public func finish(_ handOut: (Picture) throws(VideoError) -> Void) throws(VideoError) {
    try encoder.encode(nil) { packet throws(VideoError) in try decode(packet, handOut) }
    try decode(nil, handOut)
  }

  private func decode(
    _ packet: UnsafeMutablePointer<AVPacket>?, _ handOut: (Picture) throws(VideoError) -> Void
  ) throws(VideoError) {
    try check(avcodec_send_packet(decoder, packet), .read)
    guard let decoded else { return }
    while true {
      let code = avcodec_receive_frame(decoder, decoded)
      if code == -EAGAIN || code == CLIBAV_ERROR_EOF { return }
      try check(code, .read)
      do throws(PictureConverter.Failure) {
        try ready(for: decoded.pointee).convert(decoded, into: picture)
      } catch {
        switch error {
        case .unsupported(let what): throw VideoError(Self.source, .convert, .unsupported(what))
        case .native(let code): throw VideoError(Self.source, .convert, .refused, code: code)
        }
      }
      try handOut(picture)
    }
  }

  /// The converter of the encoder's one format, made at the first frame.
  private func ready(for frame: AVFrame) throws(PictureConverter.Failure) -> PictureConverter {
    if let converter { return converter }
    let made = try PictureConverter(PictureConverter.Format(frame), orientation: .upright, output: encoder.size)
    converter = made
    return made
  }

  private func check(_ code: Int32, _ operation: VideoError.Operation) throws(VideoError) {
    if code < 0 { throw VideoError(Self.source, operation, .refused, code: code) }
  }
}
