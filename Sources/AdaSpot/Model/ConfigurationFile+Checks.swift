internal import Tensors

extension ConfigurationFile {
  /// What the file says, checked; `path` stands for it in errors.
  func configuration(path: String) throws(AdaSpotError) -> ModelConfiguration {
    let check = Check(path: path)
    let stride = try check.data(data)
    let (variant, shift) = try check.architecture(model)
    let highResolution = try check.size("hr_dim", model.highResolution)
    let highCrop = try check.size("hr_crop", model.highCrop)
    let lowResolution = try check.size("lr_dim", model.lowResolution)
    let lowCrop = try check.size("lr_crop", model.lowCrop)
    let region = try check.size("roi_size", model.regionSize)
    try check.bounded("hr_dim", highResolution)
    try check.bounded("lr_crop", lowCrop)
    try check.inside("hr_crop", highCrop, "hr_dim", highResolution)
    try check.inside("lr_crop", lowCrop, "lr_dim", lowResolution)
    try check.region(region, in: highCrop)
    return ModelConfiguration(
      dataset: data.dataset, classes: data.classes.value, clipLength: data.clipLength.value, frameStride: stride,
      highResolution: highResolution, highCrop: highCrop, lowResolution: lowResolution, lowCrop: lowCrop,
      regionSize: region, variant: variant, shift: shift, temporalStages: model.temporalStages,
      threshold: model.threshold.value, padding: Self.padding(model.padding))
  }

  /// Any other word than the two means zero padding, as in the reference.
  private static func padding(_ word: String) -> Kernels.Padding {
    switch word {
    case "replicate": .replicate
    case "reflect": .reflect
    default: .zero
    }
  }
}

/// What keys may say. Every method throws an error that names the key.
private struct Check {
  let path: String

  /// Which data sets there are, and how many frames of a video each steps on.
  private static let frameStrides = ["tennis": 1, "finediving": 1, "finegym": 1, "f3set": 1, "soccernetball": 2]

  /// The most pixels of a decoded picture and of the low-resolution crop: 4096 columns and 2304 rows, more than any
  /// camera's 4K. What a stream keeps grows with them, and storage that the system refuses would end the process.
  private static let mostPixels = 4096 * 2304

  /// The section `data`; frames of the video from one that is scored to the next.
  func data(_ section: ConfigurationFile.DataSection) throws(AdaSpotError) -> Int {
    guard let stride = Self.frameStrides[section.dataset] else {
      let known = Self.frameStrides.keys.sorted().joined(separator: ", ")
      throw wrong("data.dataset", "'\(section.dataset)' is not one of \(known)")
    }
    let (classes, clipLength) = (section.classes.value, section.clipLength.value)
    guard (1...100_000).contains(classes) else {
      throw wrong("data.num_classes", "\(classes) is not from 1 to 100000")
    }
    // The saliency smoothing reflects three frames at a clip's ends and so needs four.
    guard (4...10_000).contains(clipLength) else {
      throw wrong("data.clip_len", "\(clipLength) is not from 4 to 10000")
    }
    return stride
  }

  /// Of the section `model` what is not a size.
  func architecture(
    _ section: ConfigurationFile.ModelSection
  ) throws(AdaSpotError) -> (RegNetVariant, TemporalShift) {
    let words = section.architecture.split(separator: "_").map(String.init)
    guard words.count == 2, let variant = RegNetVariant.all.first(where: { $0.name == words[0] }),
      let shift = TemporalShift(rawValue: words[1])
    else {
      let known = RegNetVariant.all.map(\.name).joined(separator: ", ")
      throw wrong("model.feature_arch", "'\(section.architecture)' is not one of \(known) with _gsf or _gsm")
    }
    guard section.aggregation == "max" else {
      throw wrong("model.aggregation", "'\(section.aggregation)' is not supported; expected max")
    }
    guard section.recurrence == "gru" else {
      throw wrong("model.temporal_arch", "'\(section.recurrence)' is not supported; expected gru")
    }
    guard section.temporalStages.count == 4 else {
      throw wrong(
        "model.blocks_temporal", "has \(section.temporalStages.count) entries; expected one for each of 4 stages")
    }
    guard (0...1).contains(section.threshold.value) else {
      throw wrong("model.threshold", "\(section.threshold.value) is not from 0 to 1")
    }
    return (variant, shift)
  }

  func size(_ key: String, _ numbers: [ConfigurationNumber<Int>]) throws(AdaSpotError) -> PixelSize {
    let list = numbers.map(\.value)
    guard list.count == 2, list.allSatisfy({ (32...8192).contains($0) }) else {
      throw wrong("model.\(key)", "\(list) is not two sizes (rows, columns) from 32 to 8192")
    }
    return PixelSize(rows: list[0], columns: list[1])
  }

  func bounded(_ key: String, _ size: PixelSize) throws(AdaSpotError) {
    guard size.rows * size.columns <= Self.mostPixels else {
      throw wrong(
        "model.\(key)",
        "\(size) are \(size.rows * size.columns) pixels, more than \(Self.mostPixels) (2304×4096)")
    }
  }

  func inside(_ key: String, _ inner: PixelSize, _ outerKey: String, _ outer: PixelSize) throws(AdaSpotError) {
    guard inner.rows <= outer.rows && inner.columns <= outer.columns else {
      throw wrong("model.\(key)", "\(inner) is larger than \(outerKey) \(outer)")
    }
  }

  func region(_ region: PixelSize, in crop: PixelSize) throws(AdaSpotError) {
    guard region.rows == region.columns else { throw wrong("model.roi_size", "\(region) is not square") }
    // Regions are tried strictly below the crop's sides.
    guard region.rows < crop.rows, region.columns < crop.columns else {
      throw wrong("model.roi_size", "\(region) is not smaller than hr_crop \(crop)")
    }
  }

  private func wrong(_ key: String, _ problem: String) -> AdaSpotError {
    .configuration(path: path, key: key, problem: problem)
  }
}
