namespace OnnxAudit.Graphs;

/// <summary>Element types with the numbers of ONNX TensorProto.DataType, which ONNX Runtime's C API shares for 0 to 23.</summary>
public enum ElementType
{
#pragma warning disable CS1591 // the names are the field's own
    Undefined = 0, Float = 1, UInt8 = 2, Int8 = 3, UInt16 = 4, Int16 = 5, Int32 = 6, Int64 = 7, String = 8, Bool = 9,
    Float16 = 10, Double = 11, UInt32 = 12, UInt64 = 13, Complex64 = 14, Complex128 = 15, BFloat16 = 16,
    Float8E4M3FN = 17, Float8E4M3FNUZ = 18, Float8E5M2 = 19, Float8E5M2FNUZ = 20, UInt4 = 21, Int4 = 22, Float4E2M1 = 23,
    Float8E8M0 = 24, UInt2 = 25, Int2 = 26,
#pragma warning restore CS1591
}

/// <summary>Sizes of element types.</summary>
public static class ElementTypes
{
    /// <summary>Bits of one element; 0 for strings and undefined. Types under 8 bits are packed, low nibble first.</summary>
    public static int Bits(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool or ElementType.Float8E4M3FN or ElementType.Float8E4M3FNUZ
            or ElementType.Float8E5M2 or ElementType.Float8E5M2FNUZ or ElementType.Float8E8M0 => 8,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 16,
        ElementType.Float or ElementType.Int32 or ElementType.UInt32 => 32,
        ElementType.Double or ElementType.Int64 or ElementType.UInt64 or ElementType.Complex64 => 64,
        ElementType.Complex128 => 128,
        ElementType.UInt4 or ElementType.Int4 or ElementType.Float4E2M1 => 4,
        ElementType.UInt2 or ElementType.Int2 => 2,
        _ => 0,
    };

    /// <summary>Bytes that <paramref name="count"/> elements take, packed. Overflow throws.</summary>
    public static long ByteLength(this ElementType type, long count) => checked((count * type.Bits() + 7) / 8);
}
