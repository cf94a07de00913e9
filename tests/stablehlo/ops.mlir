// What ops become: written by test_stablehlo --write, compared by the tests.

// abs: abs ()
module @cornu {
  func.func public @main(%a0: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.abs %a0 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// add: add ()
module @cornu {
  func.func public @main(%a0: tensor<i8>, %a1: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.add %a0, %a1 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// all_reduce: all_reduce ()
module @cornu {
  func.func public @main(%a0: tensor<f32>) -> (tensor<f32>) {
    %0 = "stablehlo.all_reduce"(%a0) <{replica_groups = dense<[[0]]> : tensor<1x1xi64>}> ({
    ^bb0(%p: tensor<f32>, %q: tensor<f32>):
      %r = stablehlo.add %p, %q : tensor<f32>
      stablehlo.return %r : tensor<f32>
    }) : (tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  }
}

// and: and ()
module @cornu {
  func.func public @main(%a0: tensor<i1>, %a1: tensor<i1>) -> (tensor<i1>) {
    %0 = stablehlo.and %a0, %a1 : tensor<i1>
    return %0 : tensor<i1>
  }
}

// argmax: argmax (33,) axis 0
module @cornu {
  func.func public @main(%a0: tensor<33xi8>) -> (tensor<i32>) {
    %0 = stablehlo.constant dense<-128> : tensor<i8>
    %1 = stablehlo.reduce(%a0 init: %0) applies stablehlo.maximum across dimensions = [0] : (tensor<33xi8>, tensor<i8>) -> tensor<i8>
    %2 = stablehlo.broadcast_in_dim %1, dims = [] : (tensor<i8>) -> tensor<33xi8>
    %3 = stablehlo.compare EQ, %a0, %2, SIGNED : (tensor<33xi8>, tensor<33xi8>) -> tensor<33xi1>
    %4 = stablehlo.constant dense<false> : tensor<33xi1>
    %5 = stablehlo.or %3, %4 : tensor<33xi1>
    %6 = stablehlo.constant dense<33> : tensor<33xi32>
    %7 = stablehlo.iota dim = 0 : tensor<33xi32>
    %8 = stablehlo.select %5, %7, %6 : tensor<33xi1>, tensor<33xi32>
    %9 = stablehlo.constant dense<2147483647> : tensor<i32>
    %10 = stablehlo.reduce(%8 init: %9) applies stablehlo.minimum across dimensions = [0] : (tensor<33xi32>, tensor<i32>) -> tensor<i32>
    return %10 : tensor<i32>
  }
}

// broadcast_in_dim: broadcast_in_dim numbers
module @cornu {
  func.func public @main(%a0: tensor<2xi8>) -> (tensor<2x3xi8>) {
    %0 = stablehlo.broadcast_in_dim %a0, dims = [0] : (tensor<2xi8>) -> tensor<2x3xi8>
    return %0 : tensor<2x3xi8>
  }
}

// ceil: ceil ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.ceil %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// compare: compare EQ ()
module @cornu {
  func.func public @main(%a0: tensor<i1>, %a1: tensor<i1>) -> (tensor<i1>) {
    %0 = stablehlo.compare EQ, %a0, %a1, UNSIGNED : (tensor<i1>, tensor<i1>) -> tensor<i1>
    return %0 : tensor<i1>
  }
}

// concatenate: concatenate one
module @cornu {
  func.func public @main(%a0: tensor<3x2xi1>) -> (tensor<3x2xi1>) {
    %0 = stablehlo.concatenate %a0, dim = 0 : (tensor<3x2xi1>) -> tensor<3x2xi1>
    return %0 : tensor<3x2xi1>
  }
}

// constant: constant of nothing
module @cornu {
  func.func public @main() -> (tensor<0x2xi1>) {
    %0 = stablehlo.constant dense<> : tensor<0x2xi1>
    return %0 : tensor<0x2xi1>
  }
}

// convert: convert to bool
module @cornu {
  func.func public @main(%a0: tensor<33x3xi1>) -> (tensor<33x3xi1>) {
    return %a0 : tensor<33x3xi1>
  }
}

// convolution: convolution along no axis
module @cornu {
  func.func public @main(%a0: tensor<5x3xi8>, %a1: tensor<3x4xi8>) -> (tensor<5x4xi8>) {
    %0 = stablehlo.convolution(%a0, %a1) dim_numbers = [b, f]x[i, o]->[b, f], window = {stride = [], pad = [], lhs_dilate = [], rhs_dilate = [], reverse = []} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]} : (tensor<5x3xi8>, tensor<3x4xi8>) -> tensor<5x4xi8>
    return %0 : tensor<5x4xi8>
  }
}

// cosine: cosine ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.cosine %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// cumulative_sum: cumulative_sum (0, 3) axis 0
module @cornu {
  func.func public @main(%a0: tensor<0x3xi8>) -> (tensor<0x3xi8>) {
    return %a0 : tensor<0x3xi8>
  }
}

// divide: divide ()
module @cornu {
  func.func public @main(%a0: tensor<i8>, %a1: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.divide %a0, %a1 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// dot_general: dot_general of scalars
module @cornu {
  func.func public @main(%a0: tensor<i8>, %a1: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.dot_general %a0, %a1, contracting_dims = [] x [], precision = [HIGHEST, HIGHEST] : (tensor<i8>, tensor<i8>) -> tensor<i8>
    return %0 : tensor<i8>
  }
}

// erf: erf ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = chlo.erf %a0 : tensor<f16> -> tensor<f16>
    return %0 : tensor<f16>
  }
}

// exponential: exponential ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.exponential %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// exponential_minus_one: exponential_minus_one ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.exponential_minus_one %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// floor: floor ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.floor %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// fusion: fusion of a chain
module @cornu {
  func.func public @main(%a0: tensor<33x17xf32>, %a1: tensor<33x17xf32>) -> (tensor<33x17xf32>) {
    %0 = stablehlo.multiply %a0, %a1 : tensor<33x17xf32>
    %1 = stablehlo.constant dense<0x3F800000> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [] : (tensor<f32>) -> tensor<33x17xf32>
    %3 = stablehlo.add %0, %2 : tensor<33x17xf32>
    %4 = stablehlo.tanh %3 : tensor<33x17xf32>
    %5 = stablehlo.subtract %4, %a0 : tensor<33x17xf32>
    return %5 : tensor<33x17xf32>
  }
}

// gather: gather of one
module @cornu {
  func.func public @main(%a0: tensor<5x3xf32>, %a1: tensor<i32>) -> (tensor<3xf32>) {
    %0 = stablehlo.reshape %a1 : (tensor<i32>) -> tensor<1xi32>
    %1 = "stablehlo.gather"(%a0, %0) <{dimension_numbers = #stablehlo.gather<offset_dims = [0], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 0>, indices_are_sorted = false, slice_sizes = array<i64: 1, 3>}> : (tensor<5x3xf32>, tensor<1xi32>) -> tensor<3xf32>
    return %1 : tensor<3xf32>
  }
}

// iota: iota (1,) axis 0
module @cornu {
  func.func public @main() -> (tensor<1xi8>) {
    %0 = stablehlo.iota dim = 0 : tensor<1xi8>
    return %0 : tensor<1xi8>
  }
}

// is_finite: is_finite ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<i1>) {
    %0 = stablehlo.is_finite %a0 : (tensor<f16>) -> tensor<i1>
    return %0 : tensor<i1>
  }
}

// log: log ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.log %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// log_plus_one: log_plus_one ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.log_plus_one %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// logistic: logistic ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.logistic %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// maximum: maximum ()
module @cornu {
  func.func public @main(%a0: tensor<i8>, %a1: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.maximum %a0, %a1 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// minimum: minimum ()
module @cornu {
  func.func public @main(%a0: tensor<i8>, %a1: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.minimum %a0, %a1 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// multiply: multiply ()
module @cornu {
  func.func public @main(%a0: tensor<i8>, %a1: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.multiply %a0, %a1 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// negate: negate ()
module @cornu {
  func.func public @main(%a0: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.negate %a0 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// not: not ()
module @cornu {
  func.func public @main(%a0: tensor<i1>) -> (tensor<i1>) {
    %0 = stablehlo.not %a0 : tensor<i1>
    return %0 : tensor<i1>
  }
}

// or: or ()
module @cornu {
  func.func public @main(%a0: tensor<i1>, %a1: tensor<i1>) -> (tensor<i1>) {
    %0 = stablehlo.or %a0, %a1 : tensor<i1>
    return %0 : tensor<i1>
  }
}

// pad: pad of a scalar
module @cornu {
  func.func public @main(%a0: tensor<i1>, %a1: tensor<i1>) -> (tensor<i1>) {
    %0 = stablehlo.pad %a0, %a1, low = [], high = [], interior = [] : (tensor<i1>, tensor<i1>) -> tensor<i1>
    return %0 : tensor<i1>
  }
}

// parameter: stop_gradient ()
module @cornu {
  func.func public @main(%a0: tensor<i1>) -> (tensor<i1>) {
    return %a0 : tensor<i1>
  }
}

// power: power ()
module @cornu {
  func.func public @main(%a0: tensor<i8>, %a1: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.power %a0, %a1 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// random_uniform: random_uniform (0,)
module @cornu {
  func.func public @main(%a0: tensor<2xui32>) -> (tensor<0xf32>) {
    %0 = stablehlo.constant dense<0x00000000> : tensor<0xf32>
    return %0 : tensor<0xf32>
  }
}

// reduce: reduce add () axes ()
module @cornu {
  func.func public @main(%a0: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.constant dense<0> : tensor<i8>
    %1 = stablehlo.reduce(%a0 init: %0) applies stablehlo.add across dimensions = [] : (tensor<i8>, tensor<i8>) -> tensor<i8>
    return %1 : tensor<i8>
  }
}

// reduce_window: reduce_window sum numbers
module @cornu {
  func.func public @main(%a0: tensor<5xi8>) -> (tensor<3xi8>) {
    %0 = stablehlo.constant dense<0> : tensor<i8>
    %1 = "stablehlo.reduce_window"(%a0, %0) <{base_dilations = array<i64: 1>, window_dilations = array<i64: 1>, padding = dense<[[1, 0]]> : tensor<1x2xi64>, window_dimensions = array<i64: 2>, window_strides = array<i64: 2>}> ({
    ^bb0(%p: tensor<i8>, %q: tensor<i8>):
      %r = stablehlo.add %p, %q : tensor<i8>
      stablehlo.return %r : tensor<i8>
    }) : (tensor<5xi8>, tensor<i8>) -> tensor<3xi8>
    return %1 : tensor<3xi8>
  }
}

// remainder: remainder ()
module @cornu {
  func.func public @main(%a0: tensor<i8>, %a1: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.remainder %a0, %a1 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// replica_id: replica_id of the only one
module @cornu {
  func.func public @main() -> (tensor<ui32>) {
    %0 = stablehlo.replica_id : tensor<ui32>
    %1 = stablehlo.constant dense<7> : tensor<ui32>
    %2 = stablehlo.add %0, %1 : tensor<ui32>
    return %2 : tensor<ui32>
  }
}

// reshape: reshape to a scalar
module @cornu {
  func.func public @main(%a0: tensor<1x1xi1>) -> (tensor<i1>) {
    %0 = stablehlo.reshape %a0 : (tensor<1x1xi1>) -> tensor<i1>
    return %0 : tensor<i1>
  }
}

// reverse: reverse numbers
module @cornu {
  func.func public @main(%a0: tensor<2x3xi8>) -> (tensor<2x3xi8>) {
    %0 = stablehlo.reverse %a0, dims = [1] : tensor<2x3xi8>
    return %0 : tensor<2x3xi8>
  }
}

// round_nearest_even: round_nearest_even ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.round_nearest_even %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// rsqrt: rsqrt ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.rsqrt %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// scatter: scatter of one
module @cornu {
  func.func public @main(%a0: tensor<5x3xf16>, %a1: tensor<i32>, %a2: tensor<3xf16>) -> (tensor<5x3xf16>) {
    %0 = stablehlo.reshape %a1 : (tensor<i32>) -> tensor<1xi32>
    %1 = "stablehlo.scatter"(%a0, %0, %a2) <{indices_are_sorted = false, scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [0], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 0>, unique_indices = false}> ({
    ^bb0(%p: tensor<f16>, %q: tensor<f16>):
      %r = stablehlo.add %p, %q : tensor<f16>
      stablehlo.return %r : tensor<f16>
    }) : (tensor<5x3xf16>, tensor<1xi32>, tensor<3xf16>) -> tensor<5x3xf16>
    return %1 : tensor<5x3xf16>
  }
}

// select: select ()
module @cornu {
  func.func public @main(%a0: tensor<i1>, %a1: tensor<i1>, %a2: tensor<i1>) -> (tensor<i1>) {
    %0 = stablehlo.select %a0, %a1, %a2 : tensor<i1>, tensor<i1>
    return %0 : tensor<i1>
  }
}

// select_and_scatter: select_and_scatter maximum without places
module @cornu {
  func.func public @main(%a0: tensor<2x2x3xi8>, %a1: tensor<2x0x3xi8>) -> (tensor<2x2x3xi8>) {
    %0 = stablehlo.constant dense<0> : tensor<2x2x3xi8>
    return %0 : tensor<2x2x3xi8>
  }
}

// sign: sign ()
module @cornu {
  func.func public @main(%a0: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.sign %a0 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// sine: sine ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.sine %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// slice: slice of a scalar
module @cornu {
  func.func public @main(%a0: tensor<i1>) -> (tensor<i1>) {
    %0 = stablehlo.slice %a0 [] : (tensor<i1>) -> tensor<i1>
    return %0 : tensor<i1>
  }
}

// sqrt: sqrt ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.sqrt %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// stop_gradient: stop_gradient ()
module @cornu {
  func.func public @main(%a0: tensor<i1>) -> (tensor<i1>) {
    return %a0 : tensor<i1>
  }
}

// subtract: subtract ()
module @cornu {
  func.func public @main(%a0: tensor<i8>, %a1: tensor<i8>) -> (tensor<i8>) {
    %0 = stablehlo.subtract %a0, %a1 : tensor<i8>
    return %0 : tensor<i8>
  }
}

// tanh: tanh ()
module @cornu {
  func.func public @main(%a0: tensor<f16>) -> (tensor<f16>) {
    %0 = stablehlo.tanh %a0 : tensor<f16>
    return %0 : tensor<f16>
  }
}

// transpose: transpose of a scalar
module @cornu {
  func.func public @main(%a0: tensor<i1>) -> (tensor<i1>) {
    %0 = stablehlo.transpose %a0, dims = [] : (tensor<i1>) -> tensor<i1>
    return %0 : tensor<i1>
  }
}

// xor: xor ()
module @cornu {
  func.func public @main(%a0: tensor<i1>, %a1: tensor<i1>) -> (tensor<i1>) {
    %0 = stablehlo.xor %a0, %a1 : tensor<i1>
    return %0 : tensor<i1>
  }
}
