namespace OnnxAudit.Corruptions;

/// <summary>The random numbers of one corrupted image, in the order the corruption asks for them.</summary>
public abstract class CorruptionDraws
{
    /// <summary>A number in [0,1).</summary>
    public abstract double Uniform();

    /// <summary>A number of the standard normal distribution.</summary>
    public abstract double Normal();

    /// <summary>A number in [from, to).</summary>
    public virtual double Uniform(double from, double to) => from + (to - from) * Uniform();

    /// <summary>A number of 0 to n − 1. n: at least 1.</summary>
    public virtual int Integer(int n) => (int)(Uniform() * n);

    /// <summary>As many <see cref="Integer"/> as fit, one after another.</summary>
    public virtual void Integers(int n, Span<int> into)
    {
        for (var i = 0; i < into.Length; i++) into[i] = Integer(n);
    }

    /// <summary>A number of the Poisson distribution that <paramref name="table"/> holds.</summary>
    public virtual int Poisson(PoissonTable table) => table.Quantile(Uniform());

    /// <summary>As many <see cref="Uniform()"/> as fit, one after another.</summary>
    public virtual void Uniforms(Span<double> into)
    {
        for (var i = 0; i < into.Length; i++) into[i] = Uniform();
    }

    /// <summary>As many <see cref="Uniform()"/> as fit, one after another, to float32's 24 bits.</summary>
    public virtual void Uniforms(Span<float> into)
    {
        for (var i = 0; i < into.Length; i++) into[i] = (float)Uniform();
    }

    /// <summary>As many <see cref="Normal"/> as fit, one after another.</summary>
    public virtual void Normals(Span<float> into)
    {
        for (var i = 0; i < into.Length; i++) into[i] = (float)Normal();
    }
}
