import Testing
import Timeline

/// The formulas that stand for weights and frames give the values that the reference's author published.
@Suite struct FormulaTests {
  @Test func weightsHaveThePublishedValues() {
    let weights = FormulaWeights(seed: 6)
    let encoding = weights.values("temp_enc", shape: [24, 368])
    #expect(encoding[0] == -0.45196014642715454)
    #expect(encoding[8831] == 0.2332594394683838)
    let stem = weights.values("lowres_backbone.stem.conv.1.weight", shape: [32, 3, 3, 3])
    #expect(stem[863] == 0.3150676488876343)
    let norm = weights.values("highres_backbone.s4.b7.conv3.bn.weight", shape: [368])
    #expect(norm[367] == 0.38729843497276306)
    let head = weights.values("_pred_fine._fc_out.weight", shape: [7, 736])
    #expect(head[2576] == -0.20523817837238312)
    let recurrent = weights.values("_temp_fine.bias_hh_l0_reverse", shape: [1104])
    #expect(recurrent[552] == 0.019537966698408127)
  }

  @Test(arguments: [(0, 68_958_759), (1, 69_072_849), (5, 124_639_400), (23, 124_387_805), (229, 125_175_226)])
  func framesHaveThePublishedSums(_ frame: Int, _ sum: Int) {
    let picture = Picture(rows: FormulaFrames.rows, columns: FormulaFrames.columns)
    FormulaFrames.draw(frame, into: picture)
    #expect(picture.bytes.reduce(0) { $0 + Int($1) } == sum)
  }
}
