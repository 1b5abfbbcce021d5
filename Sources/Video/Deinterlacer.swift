import CLibav
import Glibc

/// Makes two frames of each interlaced picture by libavfilter's bwdif: one a field, in the order in which they were taken.
///
/// A picture's frames come out when the next picture went in. Timestamps are in half ticks of the pictures' time base, so
/// that the second field lies exactly between two pictures, or where they are no neighbours, as long after the first field
/// as in the pictures before.
final class Deinterlacer {
  struct Failure: Error {
    /// An AVERROR.
    let code: Int32
  }

  /// What a graph is built for.
  struct Format: Equatable {
    let columns: Int32
    let rows: Int32
    let pixelFormat: Int32

    init(_ frame: AVFrame) { (columns, rows, pixelFormat) = (frame.width, frame.height, frame.format) }
  }

  /// How many times longer than in the picture before a field may last: in soft pulldown half as long again, before a hole
  /// of one picture twice as long.
  private static let mostGrowth = 1.75
  /// So many longer fields in a row are taken for such before holes; one more, and the rate has fallen.
  private static let mostDoubts = 2

  let format: Format
  /// Owned; the filters below live as long.
  private var graph: UnsafeMutablePointer<AVFilterGraph>?
  private var source: UnsafeMutablePointer<AVFilterContext>?
  private var sink: UnsafeMutablePointer<AVFilterContext>?
  private var taken: UnsafeMutablePointer<AVFrame>?
  /// Fields come in pairs: whether the next one is the second, and the time of the first.
  private var isSecond = false
  private var firstTime = noTimestamp
  /// From a picture's first field to its second, in half ticks; 0: unknown.
  private var usualStep: Int64 = 0
  /// Pictures in a row that seemed to have no neighbour after them.
  private var doubts = 0

  /// For pictures like `frame`, with timestamps in `timeBase`.
  init(_ frame: AVFrame, timeBase: AVRational) throws(Failure) {
    format = Format(frame)
    graph = avfilter_graph_alloc()
    taken = av_frame_alloc()
    guard let graph, taken != nil else { throw Failure(code: -ENOMEM) }
    // One thread as the decoder: more would only compete with other streams.
    graph.pointee.nb_threads = 1
    let aspect = frame.sample_aspect_ratio
    let input =
      "video_size=\(format.columns)x\(format.rows):pix_fmt=\(format.pixelFormat)"
      + ":time_base=\(timeBase.num)/\(timeBase.den):pixel_aspect=\(max(0, aspect.num))/\(max(1, aspect.den))"
    source = try Self.add("buffer", input, to: graph)
    let fields = try Self.add("bwdif", "mode=send_field:parity=auto:deint=all", to: graph)
    sink = try Self.add("buffersink", nil, to: graph)
    try Self.check(avfilter_link(source, 0, fields, 0))
    try Self.check(avfilter_link(fields, 0, sink, 0))
    try Self.check(avfilter_graph_config(graph, nil))
  }

  deinit {
    av_frame_free(&taken)
    avfilter_graph_free(&graph)
  }

  /// The frame last received; valid until the next `receive`.
  var frame: UnsafeMutablePointer<AVFrame> { taken.unsafelyUnwrapped }  // set in init, freed in deinit

  /// Sends a picture, or with nil the end. The picture stays the caller's.
  func send(_ picture: UnsafeMutablePointer<AVFrame>?) throws(Failure) {
    try Self.check(av_buffersrc_add_frame_flags(source, picture, Int32(AV_BUFFERSRC_FLAG_KEEP_REF)))
  }

  /// Puts the next frame into `frame`; false when it takes another picture first, or at the end.
  func receive() throws(Failure) -> Bool {
    av_frame_unref(taken)
    let code = av_buffersink_get_frame(sink, taken)
    if code == -EAGAIN || code == CLIBAV_ERROR_EOF { return false }
    try Self.check(code)
    if isSecond { frame.pointee.pts = secondTime(frame.pointee.pts) } else { firstTime = frame.pointee.pts }
    isSecond.toggle()
    return true
  }

  /// The time of a second field: the filter's, which is half way to the next picture, unless that lies behind a hole, a jump or
  /// the end of the circle that timestamps live on, or has no time.
  private func secondTime(_ own: Int64) -> Int64 {
    guard firstTime != noTimestamp else { return own }
    let (step, overflow) = own.subtractingReportingOverflow(firstTime)
    // A timestamp that came twice is told as such.
    if step == 0 { return own }
    let isBelieved = usualStep == 0 || doubts >= Self.mostDoubts
    if !overflow, step > 0, isBelieved || Double(step) <= Self.mostGrowth * Double(usualStep) {
      (usualStep, doubts) = (step, 0)
      return own
    }
    doubts += 1
    return usualStep > 0 ? firstTime &+ usualStep : own
  }

  private static func add(
    _ name: String, _ arguments: String?, to graph: UnsafeMutablePointer<AVFilterGraph>
  ) throws(Failure) -> UnsafeMutablePointer<AVFilterContext>? {
    var context: UnsafeMutablePointer<AVFilterContext>?
    try check(avfilter_graph_create_filter(&context, avfilter_get_by_name(name), name, arguments, nil, graph))
    return context
  }

  private static func check(_ code: Int32) throws(Failure) {
    if code < 0 { throw Failure(code: code) }
  }
}
