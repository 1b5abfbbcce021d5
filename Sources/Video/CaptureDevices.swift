import CLibav
import Glibc

/// libav's capture devices, loaded when one is asked for: the library that holds them draws in much that nothing else needs.
enum CaptureDevices {
  private static let library = "libavdevice.so.\(CLIBAV_DEVICE_VERSION)"

  /// Whether libav knows devices now.
  private static let isLoaded: Bool = {
    guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(handle, "avdevice_register_all")
    else { return false }
    // The function takes nothing and returns nothing, as libavdevice/avdevice.h declares it.
    unsafeBitCast(symbol, to: (@convention(c) () -> Void).self)()
    return true
  }()

  /// The demuxer of video4linux2, for `source` as the user wrote it.
  static func videoForLinux(_ source: String) throws(VideoError) -> UnsafePointer<AVInputFormat> {
    guard isLoaded, let format = av_find_input_format("v4l2") else {
      throw VideoError(source, .open, .unsupported("a capture device without \(library)"))
    }
    return format
  }
}
