import CLibav
import Glibc
public import Timeline

/// Writes pictures of one size and rate as H.264 into a video file; the container goes by the name's ending: `.mp4`, `.mov`, `.mkv`
/// or `.ts`.
///
/// Frame n is shown at n / rate seconds exactly, except in Matroska, which counts milliseconds. The file appears whole with `finish`, in
/// place of the one before it; of a writer that is let go without, or after an error, nothing is left, and the file before it stays.
/// One thread at a time uses a writer.
public final class VideoWriter {
  private static let containers = ["mp4": "mp4", "mov": "mov", "mkv": "matroska", "ts": "mpegts"]

  public let path: String
  private let encoder: PictureEncoder
  private var muxer: UnsafeMutablePointer<AVFormatContext>?
  private var draft: FileDraft
  /// Between the opening of the draft and `finish`.
  private var isOpen = false

  /// Begins a file that `finish` makes or replaces at `path`. A device or a FIFO there is written in place.
  ///
  /// - Parameters:
  ///   - size: That of every picture: even sides, since two pixels each way share their chroma.
  ///   - rate: Frames a second.
  public init(
    path: String, size: PictureSize, rate: Ratio, settings: EncodingSettings = EncodingSettings()
  ) throws(VideoError) {
    self.path = path
    let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last?.lowercased() ?? ""
    guard let container = Self.containers[ending], let format = av_guess_format(container, nil, nil) else {
      throw VideoError(path, .create, .unknownContainer)
    }
    encoder = try PictureEncoder(
      source: path, size: size, rate: rate, settings: settings,
      hasGlobalHeader: format.pointee.flags & AVFMT_GLOBALHEADER != 0)
    draft = FileDraft(of: path, ending: ending)
    // The prefix keeps libav from taking a colon in the path for a protocol.
    let url = "file:" + draft.path
    try check(avformat_alloc_output_context2(&muxer, format, nil, url), .create)
    guard let muxer, let stream = avformat_new_stream(muxer, nil) else {
      throw VideoError(path, .create, .refused, code: ENOMEM)
    }
    try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context), .create)
    stream.pointee.time_base = encoder.timeBase
    stream.pointee.avg_frame_rate = encoder.context.pointee.framerate
    stream.pointee.r_frame_rate = encoder.context.pointee.framerate
    try check(avio_open(&muxer.pointee.pb, url, AVIO_FLAG_WRITE), .create)
    isOpen = true
    var options: OpaquePointer?
    defer { av_dict_free(&options) }
    // The index at the front, so that a player can begin before it has the whole file.
    if container != "matroska" && container != "mpegts" { av_dict_set(&options, "movflags", "faststart", 0) }
    try check(avformat_write_header(muxer, &options), .create)
  }

  deinit {
    if let muxer { avio_closep(&muxer.pointee.pb) }
    avformat_free_context(muxer)
  }

  /// Appends `picture`, which has the writer's size. The pixels are taken before this returns.
  public func write(_ picture: Picture) throws(VideoError) {
    try encoder.encode(picture, mux)
  }

  /// Writes what the encoder still holds and the index, and gives the file its name. Nothing can be written afterwards.
  public func finish() throws(VideoError) {
    guard isOpen, let muxer else { return }
    try encoder.encode(nil, mux)
    try check(av_write_trailer(muxer), .write)
    // What was buffered is written now, and may be what does not fit.
    if let output = muxer.pointee.pb {
      avio_flush(output)
      try check(output.pointee.error, .write)
    }
    try check(avio_closep(&muxer.pointee.pb), .write)
    isOpen = false
    do throws(FileDraft.Errno) {
      try draft.publish()
    } catch {
      throw VideoError(path, .write, .refused, code: error.code)
    }
  }

  private func mux(_ packet: UnsafeMutablePointer<AVPacket>) throws(VideoError) {
    guard let muxer, let stream = muxer.pointee.streams[0], let output = muxer.pointee.pb else { return }
    av_packet_rescale_ts(packet, encoder.timeBase, stream.pointee.time_base)
    packet.pointee.stream_index = 0
    try check(av_interleaved_write_frame(muxer, packet), .write)
    // Muxers do not look at errors of buffered writes themselves.
    try check(output.pointee.error, .write)
  }

  private func check(_ code: Int32, _ operation: VideoError.Operation) throws(VideoError) {
    if code < 0 { throw VideoError(path, operation, .refused, code: code) }
  }
}
