// All builder steps in one include.
#pragma once

#include "cornu/data/dataset/batch.h"
#include "cornu/data/dataset/cast.h"
#include "cornu/data/dataset/dataset.h"
#include "cornu/data/dataset/map.h"
#include "cornu/data/dataset/one_hot.h"
#include "cornu/data/dataset/reshape.h"
#include "cornu/data/dataset/scale.h"
#include "cornu/data/dataset/shuffle.h"
#include "cornu/data/dataset/split.h"
#include "cornu/data/dataset/take.h"
