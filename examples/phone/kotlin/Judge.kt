// A trained model in a Kotlin app: val judge = Judge(assets.open("model.keras").readBytes()). Its three external functions
// are those of judge_jni.c beside it.
class Judge(model: ByteArray) : AutoCloseable {
    private var handle = open(model)  // throws with Cornu's text

    fun judge(x: FloatArray, y: FloatArray) = run(handle, x, y)  // one sample; y has room for the answer

    override fun close() { close(handle); handle = 0 }

    private external fun open(model: ByteArray): Long
    private external fun run(handle: Long, x: FloatArray, y: FloatArray)
    private external fun close(handle: Long)

    companion object { init { System.loadLibrary("judge_app") } }
}
