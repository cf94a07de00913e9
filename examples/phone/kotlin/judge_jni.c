/* What Kotlin's class Judge (docs/guide/judge.md) calls: three functions of JNI around cornu_judge.h. libjudge_app.so
 * is this file, linked with libcornu_judge.a. */
#include <jni.h>
#include <stdint.h>

#include "cornu/judge/cornu_judge.h"

static void refuse(JNIEnv* env) {
  const jclass kind = (*env)->FindClass(env, "java/lang/IllegalArgumentException");
  if (kind != NULL) (*env)->ThrowNew(env, kind, cornu_judge_error());
}

JNIEXPORT jlong JNICALL Java_Judge_open(JNIEnv* env, jobject self, jbyteArray model) {
  cornu_judge* judge;
  jbyte* bytes = (*env)->GetByteArrayElements(env, model, NULL);
  (void)self;
  if (bytes == NULL) return 0; /* the exception is there already */
  judge = cornu_judge_open_memory(bytes, (size_t)(*env)->GetArrayLength(env, model), NULL);
  (*env)->ReleaseByteArrayElements(env, model, bytes, JNI_ABORT);
  if (judge == NULL) refuse(env);
  return (jlong)(intptr_t)judge;
}

static int fits(const cornu_judge* judge, jsize x, jsize y) {
  cornu_judge_tensor in, out;
  return cornu_judge_input_count(judge) == 1 && cornu_judge_output_count(judge) == 1 &&
         cornu_judge_input(judge, 0, &in) == 0 && cornu_judge_output(judge, 0, &out) == 0 &&
         in.dtype == CORNU_JUDGE_FLOAT32 && out.dtype == CORNU_JUDGE_FLOAT32 && in.sample_size == x &&
         out.sample_size == y;
}

JNIEXPORT void JNICALL Java_Judge_run(JNIEnv* env, jobject self, jlong handle, jfloatArray x, jfloatArray y) {
  const cornu_judge* judge = (const cornu_judge*)(intptr_t)handle;
  const void* inputs[1];
  void* outputs[1];
  int failed;
  (void)self;
  if (judge == NULL || !fits(judge, (*env)->GetArrayLength(env, x), (*env)->GetArrayLength(env, y))) {
    const jclass kind = (*env)->FindClass(env, "java/lang/IllegalArgumentException");
    if (kind != NULL) (*env)->ThrowNew(env, kind, "the model has other inputs or outputs, or is closed");
    return;
  }
  inputs[0] = (*env)->GetFloatArrayElements(env, x, NULL);
  outputs[0] = (*env)->GetFloatArrayElements(env, y, NULL);
  failed = inputs[0] == NULL || outputs[0] == NULL || cornu_judge_run(judge, 1, inputs, outputs) != 0;
  if (inputs[0] != NULL) (*env)->ReleaseFloatArrayElements(env, x, (jfloat*)inputs[0], JNI_ABORT);
  if (outputs[0] != NULL) (*env)->ReleaseFloatArrayElements(env, y, (jfloat*)outputs[0], 0);
  if (failed && !(*env)->ExceptionCheck(env)) refuse(env);
}

JNIEXPORT void JNICALL Java_Judge_close(JNIEnv* env, jobject self, jlong handle) {
  (void)env;
  (void)self;
  cornu_judge_close((cornu_judge*)(intptr_t)handle);
}
