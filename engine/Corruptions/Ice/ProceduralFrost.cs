namespace OnnxAudit.Corruptions.Ice;

/// <summary>Textures drawn once, when first needed, each from random numbers of its own.</summary>
internal sealed class ProceduralFrost : FrostSource
{
    private readonly Lazy<Photograph>[] _textures;

    public ProceduralFrost()
    {
        _textures = new Lazy<Photograph>[FrostSlot.All.Count];
        for (var i = 0; i < _textures.Length; i++)
        {
            var slot = FrostSlot.All[i];
            var same = Enumerable.Range(0, i).FirstOrDefault(j => ReferenceEquals(FrostSlot.All[j], slot), i);
            _textures[i] = same < i ? _textures[same] : new Lazy<Photograph>(() => FrostTexture.Draw(slot, Draws(same)));
        }
    }

    public override int Count => _textures.Length;

    public override string Id => "procedural 1";

    public override string Remark => "frost from drawn textures: not comparable with published frost scores";

    public override bool ComparableWithPublished => false;

    private protected override Photograph Picture(int index) => _textures[index].Value;

    private static PhiloxDraws Draws(int slot)
    {
        var draws = new PhiloxDraws();
        draws.Begin(0, "frost texture", 0, slot);
        return draws;
    }
}
