// A trained model in a Swift app. The module CornuJudge is cornu_judge.h by a module map beside it:
//   module CornuJudge { header "cornu_judge.h" link "cornu_judge" export * }
import CornuJudge

final class Judge {
    private let handle: OpaquePointer

    init(path: String) throws {
        guard let judge = cornu_judge_open(path, nil) else { throw JudgeError(text: String(cString: cornu_judge_error())) }
        handle = judge
    }

    deinit { cornu_judge_close(handle) }

    func judge(_ x: [Float], count: Int) throws -> [Float] {
        var y = [Float](repeating: 0, count: count)
        let status = x.withUnsafeBytes { from in
            y.withUnsafeMutableBytes { to -> Int32 in
                var inputs: [UnsafeRawPointer?] = [from.baseAddress]
                var outputs: [UnsafeMutableRawPointer?] = [to.baseAddress]
                return cornu_judge_run(handle, 1, &inputs, &outputs)
            }
        }
        if status != 0 { throw JudgeError(text: String(cString: cornu_judge_error())) }
        return y
    }
}

struct JudgeError: Error { let text: String }
