internal import Tensors

/// ImageNet's normalisation of 8-bit RGB as one multiplication and addition: (x/255 − mean) / deviation.
enum ImageNormalization {
  private static let mean = [0.485, 0.456, 0.406]
  private static let deviation = [0.229, 0.224, 0.225]

  static let scale = AlignedBuffer(deviation.map { Float(1 / (255 * $0)) })
  static let offset = AlignedBuffer(zip(mean, deviation).map { Float(-$0 / $1) })
}
