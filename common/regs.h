/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of the Intel 82576, PF and VF view.
 *
 * Names and sections follow the "82576EB Gigabit Ethernet Controller
 * Datasheet" (DS). A leaf header: includes no other header of the driver.
 */
#ifndef IOV_REGS_H
#define IOV_REGS_H

#include <linux/bits.h>

/* --- General, PF (DS 8.2) ------------------------------------------------ */
#define IOV_CTRL			0x00000
#define IOV_CTRL_GIO_MASTER_DIS		BIT(2)
#define IOV_CTRL_SLU			BIT(6)
#define IOV_CTRL_FRCSPD			BIT(11)
#define IOV_CTRL_FRCDPX			BIT(12)
#define IOV_CTRL_ADVD3WUC		BIT(20)
#define IOV_CTRL_RST			BIT(26)
#define IOV_CTRL_RFCE			BIT(27)
#define IOV_CTRL_TFCE			BIT(28)
#define IOV_CTRL_VME			BIT(30)

/* STATUS is at the same offset in the VF's BAR (VTSTATUS). */
#define IOV_STATUS			0x00008
#define IOV_STATUS_FD			BIT(0)
#define IOV_STATUS_LU			BIT(1)
#define IOV_STATUS_LAN_ID		GENMASK(3, 2)
#define IOV_STATUS_SPEED		GENMASK(7, 6)
#define IOV_STATUS_SPEED_10		0
#define IOV_STATUS_SPEED_100		1
#define IOV_STATUS_GIO_MASTER_EN	BIT(19)

#define IOV_EECD			0x00010
#define IOV_EECD_AUTO_RD		BIT(9)

#define IOV_EERD			0x00014
#define IOV_EERD_START			BIT(0)
#define IOV_EERD_DONE			BIT(1)
#define IOV_EERD_ADDR			GENMASK(15, 2)
#define IOV_EERD_DATA			GENMASK(31, 16)

#define IOV_CTRL_EXT			0x00018
#define IOV_CTRL_EXT_PFRSTD		BIT(14)
#define IOV_CTRL_EXT_DRV_LOAD		BIT(28)

#define IOV_MDIC			0x00020
#define IOV_MDIC_DATA			GENMASK(15, 0)
#define IOV_MDIC_REG			GENMASK(20, 16)
#define IOV_MDIC_PHY			GENMASK(25, 21)
#define IOV_MDIC_OP			GENMASK(27, 26)
#define IOV_MDIC_OP_WRITE		1
#define IOV_MDIC_OP_READ		2
#define IOV_MDIC_READY			BIT(28)
#define IOV_MDIC_ERROR			BIT(30)

/* PAUSE frames: address, type, time, thresholds, refresh */
#define IOV_FCAL			0x00028
#define IOV_FCAL_STD			0x00c28001	/* 01:80:c2:00 */
#define IOV_FCAH			0x0002C
#define IOV_FCAH_STD			0x00000100	/* 00:01 */
#define IOV_FCT				0x00030
#define IOV_FCT_STD			0x8808
#define IOV_VET				0x00038
#define IOV_FCTTV			0x00170
/* One byte per LED */
#define IOV_LEDCTL			0x00E00
#define IOV_LEDCTL_ALL(x)		((x) * (BIT(0) | BIT(8) | BIT(16) | \
						BIT(24)))
#define IOV_LEDCTL_MODE			IOV_LEDCTL_ALL(GENMASK(3, 0))
#define IOV_LEDCTL_BLINK		IOV_LEDCTL_ALL(BIT(7))
#define IOV_LEDCTL_ON			IOV_LEDCTL_ALL(14)
#define IOV_LEDCTL_OFF			IOV_LEDCTL_ALL(15)

#define IOV_EEMNGCTL			0x01010
#define IOV_EEMNGCTL_CFG_DONE0		BIT(18)
#define IOV_EEMNGCTL_CFG_DONE1		BIT(19)
#define IOV_FCRTL			0x02160
#define IOV_FCRTL_RTL			GENMASK(16, 4)	/* bytes */
#define IOV_FCRTL_XONE			BIT(31)
#define IOV_FCRTH			0x02168
#define IOV_FCRTH_RTH			GENMASK(17, 4)	/* bytes */
#define IOV_RXPBS			0x02404
#define IOV_RXPBS_SIZE			GENMASK(6, 0)	/* KiB */
#define IOV_FCRTV			0x02460
#define IOV_TXPBS			0x03404
#define IOV_GCR				0x05B00	/* DS 8.6.1 */
#define IOV_GCR_CMPL_TMOUT		GENMASK(15, 12)
#define IOV_GCR_CMPL_TMOUT_10MS		1
#define IOV_GCR_CMPL_RESEND		BIT(16)
#define IOV_GCR_CAP_VER2		BIT(18)
#define IOV_SWSM			0x05B50
#define IOV_SWSM_SMBI			BIT(0)
#define IOV_SWSM_SWESMBI		BIT(1)
#define IOV_SW_FW_SYNC			0x05B5C
#define IOV_SW_FW_SYNC_EEP		BIT(0)
#define IOV_SW_FW_SYNC_PHY0		BIT(1)
#define IOV_SW_FW_SYNC_PHY1		BIT(2)
#define IOV_SW_FW_SYNC_FW		GENMASK(31, 16)

/* --- Interrupts, PF (DS 8.8) --------------------------------------------- */
#define IOV_ICR				0x000C0
#define IOV_ICS				0x000C8
#define IOV_IMS				0x000D0
#define IOV_IMC				0x000D8
#define IOV_IAM				0x000E0
/* Bits of ICR, ICS, IMS, IMC */
#define IOV_ICR_TXDW			BIT(0)
#define IOV_ICR_LSC			BIT(2)
#define IOV_ICR_RXDW			BIT(7)
#define IOV_ICR_VMMB			BIT(8)
#define IOV_ICR_DRSTA			BIT(30)
#define IOV_ICR_INT_ASSERTED		BIT(31)

#define IOV_GPIE			0x01514
#define IOV_GPIE_NSICR			BIT(0)
#define IOV_GPIE_MSIX_MODE		BIT(4)
#define IOV_GPIE_EIAME			BIT(30)
#define IOV_GPIE_PBA			BIT(31)

/* One bit per vector; the VF has bits 2:0 at the same offsets. */
#define IOV_EICS			0x01520
#define IOV_EIMS			0x01524
#define IOV_EIMC			0x01528
#define IOV_EIAC			0x0152C
#define IOV_EIAM			0x01530
#define IOV_EICR			0x01580
#define IOV_EITR(v)			(0x01680 + 4 * (v))
/* About 1 us per step on hardware (DS 8.8.14); QEMU's step is 4.1 us. */
#define IOV_EITR_INTERVAL		GENMASK(14, 2)

/* Row i serves queues i (bytes 0, 1) and i + 8 (bytes 2, 3), DS 7.3.1.2. */
#define IOV_IVAR(i)			(0x01700 + 4 * (i))
#define IOV_IVAR_ROWS			8
#define IOV_IVAR_MISC			0x01740
#define IOV_IVAR_RX0			GENMASK(7, 0)
#define IOV_IVAR_TX0			GENMASK(15, 8)
#define IOV_IVAR_RX8			GENMASK(23, 16)
#define IOV_IVAR_TX8			GENMASK(31, 24)
#define IOV_IVAR_MISC_TIMER		GENMASK(7, 0)
#define IOV_IVAR_MISC_OTHER		GENMASK(15, 8)
#define IOV_IVAR_VALID			BIT(7)

/* --- Receive and transmit, global, PF (DS 8.10, 8.12) -------------------- */
#define IOV_RCTL			0x00100
#define IOV_RCTL_EN			BIT(1)
#define IOV_RCTL_UPE			BIT(3)
#define IOV_RCTL_MPE			BIT(4)
#define IOV_RCTL_LPE			BIT(5)
#define IOV_RCTL_BAM			BIT(15)
#define IOV_RCTL_VFE			BIT(18)
#define IOV_RCTL_SECRC			BIT(26)
#define IOV_TCTL			0x00400
#define IOV_TCTL_EN			BIT(1)
#define IOV_TCTL_PSP			BIT(3)
#define IOV_TCTL_CT			GENMASK(11, 4)
#define IOV_TCTL_COLD			GENMASK(21, 12)
#define IOV_TCTL_RTLC			BIT(24)
#define IOV_QDE				0x02408
#define IOV_DTXCTL			0x03590
#define IOV_DTXCTL_VLAN_ADDED		BIT(3)
#define IOV_RXCSUM			0x05000
#define IOV_RXCSUM_IPOFLD		BIT(8)
#define IOV_RXCSUM_TUOFL		BIT(9)
#define IOV_RXCSUM_CRCOFL		BIT(11)
#define IOV_RXCSUM_PCSD			BIT(13)
#define IOV_RLPML			0x05004
#define IOV_RFCTL			0x05008
#define IOV_RFCTL_IPV6_EX_DIS		BIT(16)

/* --- Queues (DS 8.10.5 ff., 8.12.8 ff.) ---------------------------------- */
/*
 * The registers of a queue form one block. The VF's BAR has the blocks at other
 * addresses, with the same layout: common/ uses block + offset.
 */
#define IOV_RXQ(q)			(0x0C000 + 0x40 * (q))
#define IOV_TXQ(q)			(0x0E000 + 0x40 * (q))
#define IOV_VF_RXQ(q)			(0x02800 + 0x100 * (q))
#define IOV_VF_TXQ(q)			(0x03800 + 0x100 * (q))

#define IOV_RDBAL			0x00
#define IOV_RDBAH			0x04
#define IOV_RDLEN			0x08
#define IOV_SRRCTL			0x0C
#define IOV_SRRCTL_BSIZEPACKET		GENMASK(6, 0)	/* KiB */
#define IOV_SRRCTL_BSIZEHEADER		GENMASK(13, 8)	/* 64 bytes */
#define IOV_SRRCTL_DESCTYPE		GENMASK(27, 25)
#define IOV_SRRCTL_DESCTYPE_ADV_ONE	1
#define IOV_SRRCTL_DROP_EN		BIT(31)
#define IOV_RDH				0x10
#define IOV_RXCTL			0x14
#define IOV_RDT				0x18
#define IOV_RXDCTL			0x28
#define IOV_RXDCTL_PTHRESH		GENMASK(4, 0)
#define IOV_RXDCTL_HTHRESH		GENMASK(12, 8)
#define IOV_RXDCTL_WTHRESH		GENMASK(20, 16)
#define IOV_RXDCTL_ENABLE		BIT(25)
#define IOV_RQDPC			0x30
#define IOV_PSRTYPE(i)			(0x05480 + 4 * (i))

#define IOV_TDBAL			0x00
#define IOV_TDBAH			0x04
#define IOV_TDLEN			0x08
#define IOV_TDH				0x10
#define IOV_TXCTL			0x14
#define IOV_TDT				0x18
#define IOV_TXDCTL			0x28
#define IOV_TXDCTL_ENABLE		BIT(25)
#define IOV_TDWBAL			0x38
#define IOV_TDWBAH			0x3C

/* --- Receive filters, PF (DS 8.10.16 ff.) -------------------------------- */
#define IOV_MTA(i)			(0x05200 + 4 * (i))
#define IOV_MTA_WORDS			128
/* Entries 0-15 and 16-23 lie in two places. */
static inline unsigned int iov_ral(unsigned int i)
{
	return i < 16 ? 0x05400 + 8 * i : 0x054E0 + 8 * (i - 16);
}

#define IOV_RAL(i)			iov_ral(i)
#define IOV_RAH(i)			(iov_ral(i) + 4)
#define IOV_RAR_ENTRIES			24
#define IOV_RAH_ADDR			GENMASK(15, 0)
#define IOV_RAH_POOL			GENMASK(25, 18)
#define IOV_RAH_AV			BIT(31)
#define IOV_VFTA(i)			(0x05600 + 4 * (i))
#define IOV_VFTA_WORDS			128
#define IOV_UTA(i)			(0x0A000 + 4 * (i))
#define IOV_UTA_WORDS			128
#define IOV_VLVF(i)			(0x05D00 + 4 * (i))
#define IOV_VLVF_ENTRIES		32
#define IOV_VLVF_VID			GENMASK(11, 0)
#define IOV_VLVF_POOL			GENMASK(19, 12)
#define IOV_VLVF_VIEN			BIT(31)

#define IOV_MRQC			0x05818
#define IOV_MRQC_MODE			GENMASK(2, 0)
#define IOV_MRQC_MODE_RSS		2
#define IOV_MRQC_MODE_VMDQ_RSS		5
#define IOV_MRQC_TCP4			BIT(16)
#define IOV_MRQC_IP4			BIT(17)
#define IOV_MRQC_TCP6EX			BIT(18)
#define IOV_MRQC_IP6			BIT(20)
#define IOV_MRQC_TCP6			BIT(21)
#define IOV_MRQC_UDP4			BIT(22)
#define IOV_MRQC_UDP6			BIT(23)
#define IOV_RETA(i)			(0x05C00 + 4 * (i))
#define IOV_RETA_WORDS			32
#define IOV_RETA_ENTRIES		128
/* With pools: the second of a pool's queues, q and q + 8 */
#define IOV_RETA_POOL_SECOND		BIT(3)
#define IOV_RSSRK(i)			(0x05C80 + 4 * (i))
#define IOV_RSSRK_WORDS			10

/* --- VMDq and SR-IOV, PF (DS 8.14) --------------------------------------- */
#define IOV_P2VMAILBOX(n)		(0x00C00 + 4 * (n))
#define IOV_P2VMAILBOX_STS		BIT(0)
#define IOV_P2VMAILBOX_ACK		BIT(1)
#define IOV_P2VMAILBOX_VFU		BIT(2)
#define IOV_P2VMAILBOX_PFU		BIT(3)
#define IOV_P2VMAILBOX_RVFU		BIT(4)
#define IOV_VMBMEM(n)			(0x00800 + 0x40 * (n))
#define IOV_MBVFICR			0x00C80
#define IOV_MBVFICR_VFREQ		GENMASK(7, 0)
#define IOV_MBVFICR_VFACK		GENMASK(23, 16)
#define IOV_MBVFIMR			0x00C84
#define IOV_MBVFIMR_VFIM		GENMASK(7, 0)
#define IOV_VFLRE			0x00C88
#define IOV_VFRE			0x00C8C
#define IOV_VFTE			0x00C90

#define IOV_DTXSWC			0x03500
#define IOV_DTXSWC_MACAS		GENMASK(7, 0)
#define IOV_DTXSWC_VLANAS		GENMASK(15, 8)
#define IOV_DTXSWC_LOOPBACK		BIT(31)
#define IOV_WVBR			0x03554
#define IOV_RTTDQSEL			0x03604	/* queue of the next two */
#define IOV_RTTBCNRM			0x03690
#define IOV_RTTBCNRM_MMW_JUMBO		20	/* frames of 9728 bytes */
#define IOV_RTTBCNRC			0x036B0	/* as IOV_POL_RATE_* */
#define IOV_VMVIR(n)			(0x03700 + 4 * (n))
#define IOV_VMVIR_DEFAULT		BIT(30)
#define IOV_VT_CTL			0x0581C
#define IOV_VT_CTL_DEF_PL		GENMASK(9, 7)
#define IOV_VT_CTL_DIS_DEF_POOL		BIT(29)
#define IOV_VT_CTL_REPL_EN		BIT(30)
#define IOV_VMOLR(n)			(0x05AD0 + 4 * (n))
#define IOV_VMOLR_RLPML			GENMASK(13, 0)
#define IOV_VMOLR_LPE			BIT(16)
#define IOV_VMOLR_RSSE			BIT(17)
#define IOV_VMOLR_AUPE			BIT(24)
#define IOV_VMOLR_ROMPE			BIT(25)
#define IOV_VMOLR_ROPE			BIT(26)
#define IOV_VMOLR_BAM			BIT(27)
#define IOV_VMOLR_MPME			BIT(28)
#define IOV_VMOLR_STRVLAN		BIT(30)
#define IOV_VMOLR_STRCRC		BIT(31)
#define IOV_RPLOLR			0x05AF0
#define IOV_RPLOLR_STRVLAN		BIT(30)
#define IOV_RPLOLR_STRCRC		BIT(31)
#define IOV_IOVCTL			0x05BBC
#define IOV_IOVCTL_REUSE_VFQ		BIT(0)
/* Statistics of VF n as the PF sees them; the VF's own are at 0xF00 + x. */
#define IOV_PVF(n)			(0x10000 + 0x100 * (n))
#define IOV_PVF_GPRC			0x10
#define IOV_PVF_GPTC			0x14
#define IOV_PVF_GORC			0x18
#define IOV_PVF_GOTC			0x34
#define IOV_PVF_MPRC			0x3C

/* --- Wake-up, PF ---------------------------------------------------------- */
#define IOV_WUC				0x05800
#define IOV_WUC_PME_EN			BIT(1)
#define IOV_WUFC			0x05808	/* as IOV_POL_WAKE_* */
#define IOV_WUS				0x05810	/* as WUFC, ones clear */

/* --- Statistics, PF, clear on read (DS 8.18) ----------------------------- */
#define IOV_CRCERRS			0x04000
#define IOV_ALGNERRC			0x04004
#define IOV_MPC				0x04010
#define IOV_SCC				0x04014
#define IOV_ECOL			0x04018
#define IOV_MCC				0x0401C
#define IOV_LATECOL			0x04020
#define IOV_DC				0x04030
#define IOV_TNCRS			0x04034
#define IOV_XONRXC			0x04048
#define IOV_XONTXC			0x0404C
#define IOV_XOFFRXC			0x04050
#define IOV_XOFFTXC			0x04054
#define IOV_FCRUC			0x04058
#define IOV_PRC64			0x0405C
#define IOV_PRC127			0x04060
#define IOV_PRC255			0x04064
#define IOV_PRC511			0x04068
#define IOV_PRC1023			0x0406C
#define IOV_PRC1522			0x04070
#define IOV_GPRC			0x04074
#define IOV_BPRC			0x04078
#define IOV_MPRC			0x0407C
#define IOV_GPTC			0x04080
#define IOV_GORCL			0x04088
#define IOV_GOTCL			0x04090
#define IOV_RNBC			0x040A0
#define IOV_RUC				0x040A4
#define IOV_RFC				0x040A8
#define IOV_ROC				0x040AC
#define IOV_RJC				0x040B0
#define IOV_PTC64			0x040D8
#define IOV_PTC127			0x040DC
#define IOV_PTC255			0x040E0
#define IOV_PTC511			0x040E4
#define IOV_PTC1023			0x040E8
#define IOV_PTC1522			0x040EC
#define IOV_MPTC			0x040F0
#define IOV_BPTC			0x040F4

/* --- Time, PF (DS 8.16) -------------------------------------------------- */
#define IOV_SYSTIML			0x0B600
#define IOV_SYSTIMH			0x0B604
#define IOV_TIMINCA			0x0B608
#define IOV_TIMINCA_VALUE		GENMASK(23, 0)
#define IOV_TIMINCA_PERIOD		GENMASK(31, 24)	/* 16 ns */
#define IOV_TSYNCTXCTL			0x0B614
#define IOV_TSYNCTXCTL_VALID		BIT(0)
#define IOV_TSYNCTXCTL_EN		BIT(4)
#define IOV_TXSTMPL			0x0B618
#define IOV_TXSTMPH			0x0B61C
#define IOV_TSYNCRXCTL			0x0B620
#define IOV_TSYNCRXCTL_VALID		BIT(0)
#define IOV_TSYNCRXCTL_TYPE		GENMASK(3, 1)
#define IOV_TSYNCRXCTL_TYPE_L2_V2	0
#define IOV_TSYNCRXCTL_TYPE_EVENT_V2	5
#define IOV_TSYNCRXCTL_EN		BIT(4)
#define IOV_RXSTMPL			0x0B624
#define IOV_RXSTMPH			0x0B628
#define IOV_RXSATRL			0x0B62C
#define IOV_RXSATRH			0x0B630
#define IOV_TSYNCRXCFG			0x05F50
#define IOV_TSYNCRXCFG_MSGT		GENMASK(15, 8)
#define IOV_TSYNCRXCFG_MSGT_SYNC	0
#define IOV_TSYNCRXCFG_MSGT_DELAY_REQ	1
/* Filter by EtherType; DS reserves entry 3 for timestamps. */
#define IOV_ETQF_TIME			0x05CBC
#define IOV_ETQF_ETYPE			GENMASK(15, 0)
#define IOV_ETQF_EN			BIT(26)
#define IOV_ETQF_1588			BIT(30)

/* --- VF view (DS 8.26) --------------------------------------------------- */
#define IOV_VF_CTRL			0x00000
#define IOV_VF_CTRL_RST			BIT(26)
#define IOV_VF_VMBMEM			0x00800
#define IOV_VF_V2PMAILBOX		0x00C40
#define IOV_V2PMAILBOX_REQ		BIT(0)
#define IOV_V2PMAILBOX_ACK		BIT(1)
#define IOV_V2PMAILBOX_VFU		BIT(2)
#define IOV_V2PMAILBOX_PFU		BIT(3)
#define IOV_V2PMAILBOX_PFSTS		BIT(4)	/* read clears */
#define IOV_V2PMAILBOX_PFACK		BIT(5)	/* read clears */
#define IOV_V2PMAILBOX_RSTI		BIT(6)
#define IOV_V2PMAILBOX_RSTD		BIT(7)	/* read clears */
/* Bits that a read clears: the reader has to keep them. */
#define IOV_V2PMAILBOX_R2C		(IOV_V2PMAILBOX_PFSTS | \
					 IOV_V2PMAILBOX_PFACK | \
					 IOV_V2PMAILBOX_RSTD)
#define IOV_VF_PSRTYPE			0x00F0C
#define IOV_VF_GPRC			0x00F10
#define IOV_VF_GPTC			0x00F14
#define IOV_VF_GORC			0x00F18
#define IOV_VF_GOTC			0x00F34
#define IOV_VF_MPRC			0x00F3C
#define IOV_VF_VTIVAR			0x01700
#define IOV_VF_VTIVAR_MISC		0x01740
#define IOV_VF_VECTORS			3

/* --- Sizes both functions share ------------------------------------------ */
#define IOV_MBX_WORDS			16
#define IOV_QUEUES			16
#define IOV_POOLS			8
#define IOV_MAX_VFS			7	/* pool 7 stays with the PF */
#define IOV_PF_POOL			7
#define IOV_VECTORS			25	/* shared by PF and VFs */
#define IOV_PF_VECTORS			10
#define IOV_MAX_FRAME			9234	/* MTU 9216, L2 header, FCS */

#endif /* IOV_REGS_H */
