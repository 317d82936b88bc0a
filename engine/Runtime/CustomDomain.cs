using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace OnnxAudit.Runtime;

/// <summary>Custom operators as a session's options take them: the C API's OrtCustomOp, one per operator, in a domain. It must live longer than the session.</summary>
/// <remarks>Source: onnxruntime_c_api.h, struct OrtCustomOp at version 17: a version, then function pointers in a fixed order.</remarks>
internal sealed unsafe class CustomDomain : IDisposable
{
    private const int Slots = 27;
    private const int SelfSlot = 26; // behind every member that any version of the struct has

    private readonly OrtLibrary _library;
    private readonly OrtHandle _handle;
    private readonly List<Registered> _operators = [];
    private Exception? _failure;

    public CustomDomain(OrtLibrary library, string name, IReadOnlyList<CustomOperator> operators)
    {
        _library = library;
        using var text = new NativeText(name);
        nint domain;
        OrtStatus.Check(library.Api, library.Api.CreateCustomOpDomain(text.Bytes, &domain), $"domain {name}");
        _handle = new OrtHandle(library.Api, OrtRelease.CustomOpDomain, domain);
        foreach (var made in operators)
        {
            var registered = new Registered(this, made);
            _operators.Add(registered);
            OrtStatus.Check(library.Api, library.Api.CustomOpDomainAdd(domain, registered.Native), $"operator {made.Name}");
        }
    }

    public nint Value => _handle.DangerousGetHandle();

    /// <summary>Throws what an operator threw last, if any did since this was asked.</summary>
    public void ThrowFailure()
    {
        if (Interlocked.Exchange(ref _failure, null) is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    public void Dispose()
    {
        _handle.Dispose();
        foreach (var made in _operators) made.Dispose();
    }

    // The runtime gets a status; the exception itself waits for the caller of the run.
    private nint Failed(Exception e)
    {
        Volatile.Write(ref _failure, e);
        using var text = new NativeText(e.Message.Replace('\0', ' '));
        return _library.Api.CreateStatus((int)OrtErrorCode.RuntimeException, text.Bytes);
    }

    private sealed class Kernel(Registered op, CustomKernel run)
    {
        public Registered Operator { get; } = op;

        public CustomKernel Run { get; } = run;
    }

    /// <summary>One operator's OrtCustomOp.</summary>
    private sealed class Registered : IDisposable
    {
        private readonly NativeText _name;
        private readonly CustomOperator _operator;
        private readonly CustomDomain _domain;
        private GCHandle _self;

        public Registered(CustomDomain domain, CustomOperator made)
        {
            (_domain, _operator, _name) = (domain, made, new NativeText(made.Name));
            _self = GCHandle.Alloc(this);
            var slots = (nint*)NativeMemory.AllocZeroed(Slots, (nuint)sizeof(nint));
            *(uint*)slots = OrtApi.MinimumVersion;
            slots[2] = (nint)(delegate* unmanaged[Cdecl]<nint*, byte*>)&NameOf;
            slots[3] = (nint)(delegate* unmanaged[Cdecl]<nint*, byte*>)&ProviderOf;
            slots[4] = slots[6] = (nint)(delegate* unmanaged[Cdecl]<nint*, nuint, int>)&TypeOf;
            slots[5] = (nint)(delegate* unmanaged[Cdecl]<nint*, nuint>)&InputCount;
            slots[7] = (nint)(delegate* unmanaged[Cdecl]<nint*, nuint>)&OutputCount;
            slots[9] = (nint)(delegate* unmanaged[Cdecl]<nint, void>)&Destroy;
            slots[10] = (nint)(delegate* unmanaged[Cdecl]<nint*, nuint, int>)&InputForm;
            slots[11] = (nint)(delegate* unmanaged[Cdecl]<nint*, nuint, int>)&OutputForm;
            slots[12] = (nint)(delegate* unmanaged[Cdecl]<nint*, nuint, int>)&MemoryOf;
            for (var i = 13; i <= 16; i++) slots[i] = (nint)(delegate* unmanaged[Cdecl]<nint*, int>)&One;
            slots[17] = (nint)(delegate* unmanaged[Cdecl]<nint*, nint, nint, nint*, nint>)&Create;
            slots[18] = (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint>)&Compute;
            slots[20] = (nint)(delegate* unmanaged[Cdecl]<nint*, int>)&One;
            slots[21] = (nint)(delegate* unmanaged[Cdecl]<nint*, int>)&LastVersion;
            slots[SelfSlot] = GCHandle.ToIntPtr(_self);
            Native = (nint)slots;
        }

        public nint Native { get; private set; }

        public void Dispose()
        {
            NativeMemory.Free((void*)Native);
            Native = 0;
            _self.Free();
            _name.Dispose();
        }

        private static Registered Of(nint* op) => (Registered)GCHandle.FromIntPtr(op[SelfSlot]).Target!;

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static byte* NameOf(nint* op) => Of(op)._name.Bytes;

        // None: the CPU's.
        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static byte* ProviderOf(nint* op) => null;

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int TypeOf(nint* op, nuint index) => (int)Graphs.ElementType.Float;

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static nuint InputCount(nint* op) => (nuint)Of(op)._operator.Inputs.Count;

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static nuint OutputCount(nint* op) => (nuint)Of(op)._operator.Outputs.Count;

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int InputForm(nint* op, nuint index) => Of(op)._operator.Inputs[(int)index] ? 1 : 0;

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int OutputForm(nint* op, nuint index) => Of(op)._operator.Outputs[(int)index] ? 1 : 0;

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int MemoryOf(nint* op, nuint index) => 0;

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int One(nint* op) => 1;

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static int LastVersion(nint* op) => int.MaxValue;

#pragma warning disable CA1031 // an exception must not cross the runtime's frames; it is thrown behind them
        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static nint Create(nint* op, nint api, nint info, nint* kernel)
        {
            var self = Of(op);
            try
            {
                var made = new Kernel(self, self._operator.Create(new CustomNode(self._domain._library.Api, info)));
                *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(made));
                return 0;
            }
            catch (Exception e)
            {
                return self._domain.Failed(e);
            }
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static nint Compute(nint kernel, nint context)
        {
            var self = (Kernel)GCHandle.FromIntPtr(kernel).Target!;
            try
            {
                self.Run.Run(new CustomCall(self.Operator._domain._library.Api, context));
                return 0;
            }
            catch (Exception e)
            {
                return self.Operator._domain.Failed(e);
            }
        }
#pragma warning restore CA1031

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        private static void Destroy(nint kernel) => GCHandle.FromIntPtr(kernel).Free();
    }
}

/// <summary>Operators of the program's own and the domain a graph names them by.</summary>
/// <param name="Domain">The operators' domain.</param>
/// <param name="Operators">The operators.</param>
public sealed record CustomOperators(string Domain, IReadOnlyList<CustomOperator> Operators);
