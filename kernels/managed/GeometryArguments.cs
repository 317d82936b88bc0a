using System.Runtime.InteropServices;

namespace OnnxAudit.Kernels;

/// <summary>
/// What the geometry kernel reads and writes: the C struct <c>oa_geometry</c> of kernels/include/onnxaudit_kernels.h,
/// where shapes, strides, aliasing and error codes are written; the equation is in kernels/geometry/geometry.md.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct GeometryArguments
{
    /// <summary>Rows (samples) n ≥ 0.</summary>
    public long Rows;

    /// <summary>Features per row m ≥ 0.</summary>
    public long Features;

    /// <summary>Classes C ≥ 1.</summary>
    public long Classes;

    /// <summary>Elements from one feature row to the next, ≥ m.</summary>
    public long FeatureStride;

    /// <summary>Elements from one weight row to the next, ≥ m.</summary>
    public long WeightStride;

    /// <summary>Rows of pair norms P ≥ 0.</summary>
    public long PairRows;

    /// <summary>Elements from one row of pair norms to the next, ≥ C.</summary>
    public long PairStride;

    /// <summary>Elements from one row of angles to the next, ≥ C.</summary>
    public long AngleStride;

    /// <summary>Doubles in <see cref="Scratch"/>, ≥ <see cref="GeometryForm.BlockRows"/>·C.</summary>
    public long ScratchLength;

    /// <summary>X [n,m].</summary>
    public float* FeatureRows;

    /// <summary>W [C,m].</summary>
    public float* WeightRows;

    /// <summary>b [C], or null when distances ignore the bias.</summary>
    public float* Bias;

    /// <summary>1/‖W_j‖ [C], 0 for a zero direction.</summary>
    public double* InverseNorms;

    /// <summary>1/‖W_i − W_j‖ [P,C], 0 for a pair to skip (the diagonal, near-equal directions); only for the classes that are referenced.</summary>
    public float* InversePairNorms;

    /// <summary>The class i of d(i,j) for each row [n], in [0,C).</summary>
    public int* Reference;

    /// <summary>Where the pair norms of class i are, for each row [n], in [0,P).</summary>
    public int* PairRow;

    /// <summary>+1 or −1 per row [n] for sgn·min|d|; null for the signed minimum min d.</summary>
    public float* Sign;

    /// <summary>Working memory.</summary>
    public double* Scratch;

    /// <summary>Out: degrees to every class direction [n,C].</summary>
    public float* Angles;

    /// <summary>Out: ‖X‖₂ [n].</summary>
    public float* Length;

    /// <summary>Out: margin [n].</summary>
    public float* Margin;

    /// <summary>Out: rows with ‖X‖ = 0.</summary>
    public long ZeroFeatures;

    /// <summary>Out: (row, class) pairs skipped because the two directions are nearly equal.</summary>
    public long SkippedPairs;

    /// <summary>Out: rows with some d(i,j) &lt; 0.</summary>
    public long NegativeDistances;

    /// <summary>Out: the number of the form that ran, <see cref="GeometryForm.Number"/>.</summary>
    public long Form;
}
