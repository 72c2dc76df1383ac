#ifndef SUBSGEN_CPYTHON_SHIM_H
#define SUBSGEN_CPYTHON_SHIM_H

// Before Python.h, whose configuration asks the C library for more than Swift's own module of it does: one type would get two
// definitions, which the compiler refuses. What is decided here stays decided.
#include <features.h>

// The limited API of 3.10: one build for that version and every later one. Inline functions of the headers that read into an
// object's memory are not used, since later interpreters lay some of it out differently: Py_IncRef, not Py_INCREF.
#define Py_LIMITED_API 0x030A0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
// Swift's own module of the C library leaves this header out. The runtime wakes event loops with it.
#include <sys/eventfd.h>

// An instance of one of the module's types: what CPython requires, and one retained Swift object.
typedef struct {
    PyObject_HEAD
    void *held;
} SubsgenInstance;

// A macro that takes an address.
static inline PyObject *_Nonnull subsgen_none(void) { return Py_None; }

// A macro in the headers of 3.10 and an inline function under a macro of its name in later ones.
static inline PyTypeObject *subsgen_type(PyObject *object) { return Py_TYPE(object); }

// A macro that expands to an initialiser.
static inline PyModuleDef_Base subsgen_module_head(void) {
    PyModuleDef_Base head = PyModuleDef_HEAD_INIT;
    return head;
}

// Functions of any number of arguments, which Swift does not call.
static inline PyObject *subsgen_call_1(PyObject *function, PyObject *argument) {
    return PyObject_CallFunctionObjArgs(function, argument, NULL);
}
static inline PyObject *subsgen_call_2(PyObject *function, PyObject *first, PyObject *second) {
    return PyObject_CallFunctionObjArgs(function, first, second, NULL);
}
static inline PyObject *subsgen_call_4(PyObject *function, PyObject *first, PyObject *second, PyObject *third, PyObject *fourth) {
    return PyObject_CallFunctionObjArgs(function, first, second, third, fourth, NULL);
}

// Mutable globals, which Swift 6 lets nobody read. The interpreter sets them before it loads any module.
static inline PyObject *subsgen_exception(void) { return PyExc_Exception; }
static inline PyObject *subsgen_type_error(void) { return PyExc_TypeError; }
static inline PyObject *subsgen_value_error(void) { return PyExc_ValueError; }
static inline PyObject *subsgen_blocking_io_error(void) { return PyExc_BlockingIOError; }
static inline PyObject *subsgen_connection_error(void) { return PyExc_ConnectionError; }
static inline PyObject *subsgen_overflow_error(void) { return PyExc_OverflowError; }
static inline PyObject *subsgen_import_error(void) { return PyExc_ImportError; }
static inline PyObject *subsgen_os_error(void) { return PyExc_OSError; }

#endif
