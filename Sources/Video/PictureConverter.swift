import CLibav
import Glibc
import Timeline

/// Brings decoded frames of one format and size to 8-bit RGB of the output's size, turned as they are to be shown.
///
/// Pixels are those of `ffmpeg -pix_fmt rgb24 -sws_flags bicubic+accurate_rnd+full_chroma_int`, which the published models'
/// frames come from, but for undeclared high definition (BT.709 here, BT.601 there) and chroma declared elsewhere than left or
/// centre (ignored there). The whole coded picture is scaled to the output, so anamorphic pixels (sample aspect ratio) become square
/// as long as the output has the display's aspect. A picture is turned after it is scaled: the same but for rounding, and for
/// clipping where strong colours overshoot at an edge. 8-bit RGB of the output's size passes unchanged.
final class PictureConverter {
  /// What a frame must share with the one that the converter was built for.
  struct Format: Equatable {
    let size: PictureSize
    let pixelFormat: Int32
    let matrix: AVColorSpace
    let range: AVColorRange
    let chroma: AVChromaLocation

    init(_ frame: AVFrame) {
      size = PictureSize(rows: Int(frame.height), columns: Int(frame.width))
      pixelFormat = frame.format
      matrix = frame.colorspace
      range = frame.color_range
      chroma = frame.chroma_location
    }
  }

  enum Failure: Error {
    case unsupported(String)
    case native(Int32)
  }

  let format: Format
  private let orientation: Orientation
  /// Whether the scaled picture has its colours in planes of their own (green, blue, red) or interleaved (red, green, blue).
  private let isPlanar: Bool
  /// Both owned. The scaled picture is not yet turned, and has the padded rows that swscale's vector code writes past.
  private var scaler: OpaquePointer?
  private var scaled: UnsafeMutablePointer<AVFrame>?

  init(_ format: Format, orientation: Orientation, output: PictureSize) throws(Failure) {
    let source = AVPixelFormat(format.pixelFormat)
    guard let pixels = av_pix_fmt_desc_get(source), sws_isSupportedInput(source) != 0 else {
      throw .unsupported("pixel format \(av_get_pix_fmt_name(source).map { String(cString: $0) } ?? "unknown")")
    }
    guard let matrix = ColourMatrix.swscaleIndex(format.matrix, rows: format.size.rows) else {
      throw .unsupported("colour matrix \(av_color_space_name(format.matrix).map { String(cString: $0) } ?? "unknown")")
    }
    self.format = format
    self.orientation = orientation
    // Both give the same bytes, planar from swscale's vector code up to ten times as fast. Only palettes and RGB of odd depths
    // differ by some levels: those have exact conversions of their own to interleaved RGB.
    isPlanar = pixels.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER) == 0
    scaled = av_frame_alloc()
    scaler = sws_alloc_context()
    // Everything is initialised: from here on, deinit cleans up after a throw.
    guard let scaled, let scaler else { throw .native(-ENOMEM) }
    let size = orientation.transposes ? output.transposed : output
    let target = isPlanar ? AV_PIX_FMT_GBRP : AV_PIX_FMT_RGB24
    scaled.pointee.format = target.rawValue
    scaled.pointee.height = Int32(size.rows)
    scaled.pointee.width = Int32(size.columns)
    try Self.check(av_frame_get_buffer(scaled, 0))

    // FULL_CHR_H_INP spares RGB pixels that are scaled the halving of their chroma; it does nothing to others.
    let flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
    var options: [(String, Int)] = [
      ("srcw", format.size.columns), ("srch", format.size.rows), ("src_format", Int(format.pixelFormat)),
      ("dstw", size.columns), ("dsth", size.rows), ("dst_format", Int(target.rawValue)),
      ("sws_flags", Int(flags)),
    ]
    options += Self.chromaPosition(format.chroma, pixels.pointee)
    for (option, value) in options {
      try Self.check(av_opt_set_int(UnsafeMutableRawPointer(scaler), option, Int64(value), 0))
    }
    try Self.check(sws_init_context(scaler, nil, nil))
    setColours(scaler, matrix: matrix)
  }

  deinit {
    sws_freeContext(scaler)
    av_frame_free(&scaled)
  }

  /// Converts `frame`, which has this converter's format, into `picture`, which has the output's size.
  func convert(_ frame: UnsafePointer<AVFrame>, into picture: Picture) throws(Failure) {
    guard let scaled, let scaler else { throw .native(-ENOMEM) }
    try Self.check(sws_scale_frame(scaler, scaled, frame))
    orientation.copy(try planes(of: scaled.pointee), to: picture.bytes)
  }

  private func planes(of scaled: AVFrame) throws(Failure) -> ColourPlanes {
    guard let first = scaled.data.0 else { throw .native(-ENOMEM) }
    let size = PictureSize(rows: Int(scaled.height), columns: Int(scaled.width))
    let stride = Int(scaled.linesize.0)
    guard isPlanar else {
      return ColourPlanes(
        red: first, green: first + 1, blue: first + 2, pixelStride: 3, rowStride: stride, size: size)
    }
    // Planes of one depth and width have one stride.
    guard let second = scaled.data.1, let third = scaled.data.2 else { throw .native(-ENOMEM) }
    return ColourPlanes(red: third, green: first, blue: second, pixelStride: 1, rowStride: stride, size: size)
  }

  /// The matrix, and the range as declared or as the pixel format implies (`yuvj420p` is full range).
  private func setColours(_ scaler: OpaquePointer, matrix: Int32) {
    var (inverse, table): (UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?)
    var (sourceRange, range): (Int32, Int32) = (0, 0)
    var (brightness, contrast, saturation): (Int32, Int32, Int32) = (0, 0, 0)
    // Fails where there is no YCbCr on either side: then there is nothing to set.
    guard
      sws_getColorspaceDetails(
        scaler, &inverse, &sourceRange, &table, &range, &brightness, &contrast, &saturation) >= 0
    else { return }
    if format.range != AVCOL_RANGE_UNSPECIFIED { sourceRange = format.range == AVCOL_RANGE_JPEG ? 1 : 0 }
    sws_setColorspaceDetails(
      scaler, sws_getCoefficients(matrix), sourceRange, table, range, brightness, contrast, saturation)
  }

  /// swscale's options for a declared position of the chroma samples, in 1/256 of a luma sample.
  ///
  /// `left`, what H.264 and MPEG-2 mean when they declare nothing, stays with swscale's own positions (centred) like an
  /// undeclared one: the command line that made the models' frames does so, and one grey level moves their scores.
  private static func chromaPosition(
    _ location: AVChromaLocation, _ pixels: AVPixFmtDescriptor
  ) -> [(String, Int)] {
    let (horizontal, vertical): (Int, Int)
    switch location {
    case AVCHROMA_LOC_TOPLEFT: (horizontal, vertical) = (0, 0)
    case AVCHROMA_LOC_TOP: (horizontal, vertical) = (128, 0)
    case AVCHROMA_LOC_BOTTOMLEFT: (horizontal, vertical) = (0, 256)
    case AVCHROMA_LOC_BOTTOM: (horizontal, vertical) = (128, 256)
    default: return []
    }
    // Positions mean something only on an axis where chroma has half the samples.
    return (pixels.log2_chroma_w == 1 ? [("src_h_chr_pos", horizontal)] : [])
      + (pixels.log2_chroma_h == 1 ? [("src_v_chr_pos", vertical)] : [])
  }

  private static func check(_ code: Int32) throws(Failure) {
    if code < 0 { throw .native(code) }
  }
}
